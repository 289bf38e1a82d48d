"""The server: an AWS on 127.0.0.1 made of moto, what is changed in it, and our own Glue and Athena."""
