package gluesandbox;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.net.URL;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * The emulated S3 as Hadoop's file system: a file is in S3 when its writer closes or commits it, and what is read or
 * listed is what S3 holds at that moment. Folders that Spark works in before it commits are directories of the run.
 *
 * Written for Janino, the compiler in Spark's own jars, which knows neither lambdas nor inferred types.
 */
public class S3FileSystem extends FileSystem {
    /** Settings, below `spark.hadoop.`: where S3 answers, objects by etag (shared by runs), a directory of this run. */
    static final String ENDPOINT = "sandbox.s3.endpoint";
    static final String CACHE = "sandbox.s3.cache";
    static final String STAGING = "sandbox.s3.staging";

    private static final String[] WORKING = {"_temporary", ".spark-staging"};
    private static final long BLOCK = 64L << 20;
    private static final long PART = 64L << 20;
    private static final int DELETE_BATCH = 1000;
    // The sandbox reads region and service from it, and checks no signature.
    private static final String AUTHORIZATION = "AWS4-HMAC-SHA256 Credential=sandbox/20260101/us-east-1/s3/aws4_request, "
        + "SignedHeaders=host, Signature=0";

    private final Set made = Collections.synchronizedSet(new HashSet());
    private final RawLocalFileSystem local = new RawLocalFileSystem();
    private URI uri;
    private String bucket;
    private String endpoint;
    private File cache;
    private File staging;
    private Path workingDirectory;

    public void initialize(URI name, Configuration configuration) throws IOException {
        super.initialize(name, configuration);
        setConf(configuration);
        bucket = name.getAuthority();
        uri = URI.create(name.getScheme() + "://" + bucket);
        endpoint = configuration.get(ENDPOINT);
        cache = new File(configuration.get(CACHE));
        staging = new File(configuration.get(STAGING), bucket);
        workingDirectory = new Path(uri.getScheme(), bucket, "/");
        local.initialize(URI.create("file:///"), configuration);
    }

    public String getScheme() {
        return uri.getScheme();
    }

    public URI getUri() {
        return uri;
    }

    public String getCanonicalServiceName() {
        return null;  // a bucket is not a host to look up
    }

    public Path getWorkingDirectory() {
        return workingDirectory;
    }

    public void setWorkingDirectory(Path path) {
        workingDirectory = makeQualified(path);
    }

    public long getDefaultBlockSize() {
        return BLOCK;
    }

    // Reading

    public FSDataInputStream open(Path path, int bufferSize) throws IOException {
        if (isWorking(path)) {
            return local.open(workingPath(path), bufferSize);
        }
        FileStatus status = getFileStatus(path);
        if (status.isDirectory()) {
            throw new FileNotFoundException(path + " is a folder");
        }
        while (true) {
            File file = fetched(key(path));
            try {
                return local.open(new Path(file.toURI()), bufferSize);
            } catch (FileNotFoundException error) {
                continue;  // another run tidied the cache
            }
        }
    }

    public FileStatus getFileStatus(Path path) throws IOException {
        if (isWorking(path)) {
            return shown(local.getFileStatus(workingPath(path)), path);
        }
        String key = key(path);
        if (key.isEmpty()) {
            requireBucket();
            return folder(path);
        }
        HttpURLConnection head = request("HEAD", key, "");
        if (head.getResponseCode() == 200) {
            return file(path, Long.parseLong(head.getHeaderField("Content-Length")), head.getLastModified());
        }
        if (head.getResponseCode() != 404) {
            throw failure(head, key);
        }
        if (!list(key + "/", "", 1).found && !isMade(key)) {
            throw new FileNotFoundException("No such file or directory '" + path + "'");
        }
        return folder(path);
    }

    public FileStatus[] listStatus(Path path) throws IOException {
        if (isWorking(path)) {
            FileStatus[] found = local.listStatus(workingPath(path));
            FileStatus[] shown = new FileStatus[found.length];
            for (int i = 0; i < found.length; i++) {
                shown[i] = shown(found[i], new Path(path, found[i].getPath().getName()));
            }
            return shown;
        }
        String key = key(path);
        Listing listing = list(key.isEmpty() ? "" : key + "/", "/", 0);
        if (!listing.found && !key.isEmpty()) {
            FileStatus status = getFileStatus(path);
            return status.isFile() ? new FileStatus[] {status} : new FileStatus[0];
        }
        return (FileStatus[]) listing.statuses.toArray(new FileStatus[0]);
    }

    // Writing

    public FSDataOutputStream create(Path path, FsPermission permission, boolean overwrite, int bufferSize,
            short replication, long blockSize, Progressable progress) throws IOException {
        requireBucket();
        if (isWorking(path)) {
            return local.create(workingPath(path), permission, overwrite, bufferSize, replication, blockSize, progress);
        }
        if (!overwrite && exists(path)) {
            throw new FileAlreadyExistsException(path + " already exists");
        }
        return new FSDataOutputStream(new Upload(this, key(path), newFile()), statistics);
    }

    public FSDataOutputStream append(Path path, int bufferSize, Progressable progress) throws IOException {
        throw new UnsupportedOperationException("S3 appends to no object: " + path);
    }

    public boolean mkdirs(Path path, FsPermission permission) throws IOException {
        requireBucket();
        if (isWorking(path)) {
            return local.mkdirs(workingPath(path), permission);
        }
        made.add(key(path));  // S3 has no folders but the keys of its objects
        return true;
    }

    public boolean rename(Path source, Path target) throws IOException {
        if (isWorking(source) && isWorking(target)) {
            return local.rename(workingPath(source), workingPath(target));
        }
        FileStatus status = getFileStatus(source);
        Path place = isFolder(target) ? new Path(target, source.getName()) : target;
        if (isWorking(source)) {
            commit(new File(local.pathToFile(workingPath(source)).getPath()), place);
            return true;
        }
        if (isWorking(target)) {
            throw new UnsupportedOperationException(source + " is in S3 and cannot become a working file");
        }
        String from = key(source);
        List keys = status.isFile() ? one(from) : keys(from + "/");
        for (Iterator each = keys.iterator(); each.hasNext();) {
            String key = (String) each.next();
            HttpURLConnection copy = request("PUT", key(place) + key.substring(from.length()), "",
                "x-amz-copy-source", encoded(bucket + "/" + key), null, 0, 0);
            require(copy, key);
        }
        remove(keys);
        return true;
    }

    public boolean delete(Path path, boolean recursive) throws IOException {
        if (isWorking(path)) {
            return local.delete(workingPath(path), recursive);
        }
        FileStatus status;
        try {
            status = getFileStatus(path);
        } catch (FileNotFoundException error) {
            return false;
        }
        if (status.isFile()) {
            remove(one(key(path)));
            return true;
        }
        List keys = keys(key(path).isEmpty() ? "" : key(path) + "/");
        if (!recursive && !keys.isEmpty()) {
            throw new IOException(path + " is not empty");
        }
        remove(keys);
        made.remove(key(path));
        FileUtil.fullyDelete(new File(staging, key(path)));
        return true;
    }

    /** Puts a finished working file, or all files of a working folder, where they belong. */
    private void commit(File source, Path target) throws IOException {
        File[] inside = source.listFiles();
        if (inside == null) {
            store(key(target), source);
            return;
        }
        for (int i = 0; i < inside.length; i++) {
            commit(inside[i], new Path(uri.getScheme(), bucket, target.toUri().getPath() + "/" + inside[i].getName()));
        }
        source.delete();
    }

    /** Puts a file into S3; the file itself becomes the cached one. */
    void store(String key, File file) throws IOException {
        long size = file.length();
        String etag;
        if (size <= PART) {
            HttpURLConnection put = request("PUT", key, "", null, null, file, 0, size);
            require(put, key);
            etag = put.getHeaderField("ETag");
        } else {
            etag = storeInParts(key, file, size);
        }
        Files.move(file.toPath(), cached(etag, size).toPath(), new StandardCopyOption[] {StandardCopyOption.REPLACE_EXISTING});
    }

    private String storeInParts(String key, File file, long size) throws IOException {
        String upload = text(document(request("POST", key, "uploads="), key), "UploadId");
        StringBuilder parts = new StringBuilder("<CompleteMultipartUpload>");
        int number = 1;
        for (long start = 0; start < size; start += PART) {
            HttpURLConnection put = request("PUT", key, "partNumber=" + number + "&uploadId=" + upload, null, null, file,
                start, Math.min(PART, size - start));
            require(put, key);
            parts.append("<Part><PartNumber>" + number + "</PartNumber><ETag>" + put.getHeaderField("ETag")
                + "</ETag></Part>");
            number++;
        }
        byte[] body = parts.append("</CompleteMultipartUpload>").toString().getBytes("UTF-8");
        return text(document(post(key, "uploadId=" + upload, body), key), "ETag");
    }

    private void remove(List keys) throws IOException {
        for (int start = 0; start < keys.size(); start += DELETE_BATCH) {
            StringBuilder body = new StringBuilder("<Delete><Quiet>true</Quiet>");
            List batch = keys.subList(start, Math.min(start + DELETE_BATCH, keys.size()));
            for (Iterator each = batch.iterator(); each.hasNext();) {
                body.append("<Object><Key>" + escaped((String) each.next()) + "</Key></Object>");
            }
            byte[] bytes = body.append("</Delete>").toString().getBytes("UTF-8");
            Element answer = document(post("", "delete=", bytes), "");
            NodeList errors = answer.getElementsByTagName("Error");
            if (errors.getLength() > 0) {
                Element error = (Element) errors.item(0);
                throw refusal(403, text(error, "Code"), text(error, "Message"), text(error, "Key"));
            }
        }
    }

    // What S3 holds

    /** What a listing found: `found` also when it is only the marker of the folder itself. */
    static class Listing {
        boolean found;
        List statuses = new ArrayList();
        List keys = new ArrayList();
    }

    private Listing list(String prefix, String delimiter, int most) throws IOException {
        Listing listing = new Listing();
        String token = "";
        do {
            String query = "list-type=2&encoding-type=url&prefix=" + encoded(prefix).replace("/", "%2F")
                + (delimiter.isEmpty() ? "" : "&delimiter=%2F") + (most > 0 ? "&max-keys=" + most : "")
                + (token.isEmpty() ? "" : "&continuation-token=" + URLEncoder.encode(token, "UTF-8"));
            Element answer = document(request("GET", "", query), prefix);
            NodeList objects = answer.getElementsByTagName("Contents");
            for (int i = 0; i < objects.getLength(); i++) {
                Element object = (Element) objects.item(i);
                String key = URLDecoder.decode(text(object, "Key"), "UTF-8");
                listing.found = true;
                listing.keys.add(key);
                Path path = path(key, prefix);
                if (path != null) {
                    long time = Instant.parse(text(object, "LastModified")).toEpochMilli();
                    listing.statuses.add(file(path, Long.parseLong(text(object, "Size")), time));
                }
            }
            NodeList folders = answer.getElementsByTagName("CommonPrefixes");
            for (int i = 0; i < folders.getLength(); i++) {
                String key = URLDecoder.decode(text((Element) folders.item(i), "Prefix"), "UTF-8");
                listing.found = true;
                Path path = path(key.substring(0, key.length() - 1), prefix);
                if (path != null) {
                    listing.statuses.add(folder(path));
                }
            }
            token = most == 0 && "true".equals(text(answer, "IsTruncated")) ? text(answer, "NextContinuationToken") : "";
        } while (!token.isEmpty());
        return listing;
    }

    /** The path of a key; null of a folder's own marker and of a key that no path can name. */
    private Path path(String key, String prefix) {
        String[] parts = key.split("/", -1);
        for (int i = 0; i < parts.length; i++) {
            if (parts[i].isEmpty() || parts[i].equals(".") || parts[i].equals("..")) {
                if (!key.equals(prefix) && !key.endsWith("/")) {
                    LOG.warn("s3://" + bucket + "/" + key + " has a name that no path can have: left out");
                }
                return null;
            }
        }
        return new Path(uri.getScheme(), bucket, "/" + key);
    }

    private List keys(String prefix) throws IOException {
        return list(prefix, "", 0).keys;
    }

    private File fetched(String key) throws IOException {
        HttpURLConnection head = request("HEAD", key, "");
        if (head.getResponseCode() != 200) {
            throw failure(head, key);
        }
        long size = Long.parseLong(head.getHeaderField("Content-Length"));
        File file = cached(head.getHeaderField("ETag"), size);
        if (file.length() == size && file.isFile()) {
            return file;
        }
        HttpURLConnection get = request("GET", key, "");
        if (get.getResponseCode() != 200) {
            throw failure(get, key);
        }
        File part = newFile();
        InputStream body = get.getInputStream();
        try {
            Files.copy(body, part.toPath(), new StandardCopyOption[] {StandardCopyOption.REPLACE_EXISTING});
        } finally {
            body.close();
        }
        file = cached(get.getHeaderField("ETag"), part.length());
        Files.move(part.toPath(), file.toPath(), new StandardCopyOption[] {StandardCopyOption.REPLACE_EXISTING});
        return file;
    }

    private File cached(String etag, long size) {
        return new File(cache, etag.replace("\"", "") + "." + size);
    }

    private File newFile() throws IOException {
        cache.mkdirs();
        return new File(cache, "." + UUID.randomUUID());
    }

    // Paths

    private static String key(Path path) {
        String absolute = path.toUri().getPath();
        return absolute.startsWith("/") ? absolute.substring(1) : absolute;
    }

    private static boolean isWorking(Path path) {
        String[] parts = path.toUri().getPath().split("/");
        for (int i = 0; i < parts.length; i++) {
            for (int j = 0; j < WORKING.length; j++) {
                if (parts[i].startsWith(WORKING[j])) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean isFolder(Path path) throws IOException {
        try {
            return getFileStatus(path).isDirectory();
        } catch (FileNotFoundException error) {
            return false;
        }
    }

    /** Whether this run made the folder, or one in it, which may still be empty. */
    private boolean isMade(String key) {
        synchronized (made) {
            for (Iterator each = made.iterator(); each.hasNext();) {
                String folder = (String) each.next();
                if (folder.equals(key) || folder.startsWith(key + "/")) {
                    return true;
                }
            }
        }
        return false;
    }

    private Path workingPath(Path path) {
        return new Path(new File(staging, key(path)).toURI());
    }

    private FileStatus shown(FileStatus status, Path path) {
        return new FileStatus(status.getLen(), status.isDirectory(), 1, BLOCK, status.getModificationTime(),
            makeQualified(path));
    }

    private FileStatus file(Path path, long size, long time) {
        return new FileStatus(size, false, 1, BLOCK, time, makeQualified(path));
    }

    private FileStatus folder(Path path) {
        return new FileStatus(0, true, 1, BLOCK, 0, makeQualified(path));
    }

    private static List one(String key) {
        List keys = new ArrayList();
        keys.add(key);
        return keys;
    }

    // HTTP

    private void requireBucket() throws IOException {
        HttpURLConnection head = request("HEAD", "", "");
        if (head.getResponseCode() == 404) {
            throw refusal(404, "NoSuchBucket", "The specified bucket does not exist", "");
        }
        require(head, "");
    }

    private HttpURLConnection request(String method, String key, String query) throws IOException {
        return request(method, key, query, null, null, null, 0, 0);
    }

    private HttpURLConnection request(String method, String key, String query, String header, String value, File body,
            long start, long size) throws IOException {
        HttpURLConnection connection = connection(method, key, query);
        if (header != null) {
            connection.setRequestProperty(header, value);
        }
        if (method.equals("PUT")) {
            connection.setDoOutput(true);
            connection.setFixedLengthStreamingMode(size);
            OutputStream output = connection.getOutputStream();
            if (body != null) {
                FileInputStream input = new FileInputStream(body);
                try {
                    input.getChannel().position(start);
                    copy(input, output, size);
                } finally {
                    input.close();
                }
            }
            output.close();
        }
        return connection;
    }

    private HttpURLConnection post(String key, String query, byte[] body) throws IOException {
        HttpURLConnection connection = connection("POST", key, query);
        connection.setDoOutput(true);
        connection.setFixedLengthStreamingMode(body.length);
        OutputStream output = connection.getOutputStream();
        output.write(body);
        output.close();
        return connection;
    }

    private HttpURLConnection connection(String method, String key, String query) throws IOException {
        URL url = new URL(endpoint + "/" + bucket + (key.isEmpty() ? "" : "/" + encoded(key))
            + (query.isEmpty() ? "" : "?" + query));
        HttpURLConnection connection = (HttpURLConnection) url.openConnection(Proxy.NO_PROXY);
        connection.setRequestMethod(method);
        connection.setRequestProperty("Authorization", AUTHORIZATION);
        connection.setRequestProperty("Content-Type", method.equals("POST") ? "application/xml" : "binary/octet-stream");
        return connection;
    }

    private static void copy(InputStream input, OutputStream output, long size) throws IOException {
        byte[] buffer = new byte[1 << 16];
        long left = size;
        while (left > 0) {
            int read = input.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (read < 0) {
                throw new IOException("A file became shorter while it was put into S3");
            }
            output.write(buffer, 0, read);
            left -= read;
        }
    }

    /** The answer's XML; AWS's error where S3 refused. */
    private Element document(HttpURLConnection connection, String key) throws IOException {
        if (connection.getResponseCode() >= 300) {
            throw failure(connection, key);
        }
        return parsed(connection.getInputStream());
    }

    private static Element parsed(InputStream body) throws IOException {
        try {
            return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(body).getDocumentElement();
        } catch (Exception error) {
            throw new IOException("S3 answered with something else than XML: " + error.getMessage());
        } finally {
            body.close();
        }
    }

    private void require(HttpURLConnection connection, String key) throws IOException {
        if (connection.getResponseCode() >= 300) {
            throw failure(connection, key);
        }
        InputStream body = connection.getInputStream();
        copy(body, new ByteArrayOutputStream(), 0);
        body.close();
    }

    private IOException failure(HttpURLConnection connection, String key) throws IOException {
        int status = connection.getResponseCode();
        InputStream body = connection.getErrorStream();
        String code = status == 404 ? "NoSuchKey" : status == 403 ? "AccessDenied" : "InternalError";
        String message = status == 403 ? "Access Denied" : status == 404 ? "The specified key does not exist." : "";
        if (body != null && connection.getContentLength() != 0 && !"HEAD".equals(connection.getRequestMethod())) {
            try {
                Element error = parsed(body);
                code = text(error, "Code");
                message = text(error, "Message");
            } catch (IOException unreadable) {
                message = connection.getResponseMessage();
            }
        }
        return refusal(status, code, message, key);
    }

    /** S3's refusal in the words of AWS's client. */
    private IOException refusal(int status, String code, String message, String key) {
        return new IOException(message + " (Service: Amazon S3; Status Code: " + status + "; Error Code: " + code + "; s3://"
            + bucket + "/" + key + ")");
    }

    private static String text(Element element, String name) {
        NodeList found = element.getElementsByTagName(name);
        return found.getLength() == 0 ? "" : found.item(0).getTextContent();
    }

    private static String encoded(String key) throws IOException {
        return URLEncoder.encode(key, "UTF-8").replace("+", "%20").replace("*", "%2A").replace("%7E", "~").replace("%2F", "/");
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;");
    }

    /** A file that is in S3 when it is closed. */
    static class Upload extends FilterOutputStream {
        private final S3FileSystem fileSystem;
        private final String key;
        private final File file;
        private boolean closed;

        Upload(S3FileSystem fileSystem, String key, File file) throws IOException {
            super(new FileOutputStream(file));
            this.fileSystem = fileSystem;
            this.key = key;
            this.file = file;
        }

        public void write(byte[] bytes, int start, int length) throws IOException {
            out.write(bytes, start, length);
        }

        public void close() throws IOException {
            if (!closed) {
                closed = true;
                out.close();
                fileSystem.store(key, file);
            }
        }
    }
}
