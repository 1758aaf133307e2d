package dev.sentinelj.runners.cli;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Properties;

/**
 * Which server the command line talks to, and the token it shows there: a file only its owner
 * reads.
 */
public record ApiContext(String url, Optional<String> token) {
  static final String FILE = "cli.properties";
  static final String DEFAULT_URL = "http://127.0.0.1:8080";

  /** What {@code home} keeps; the default address without a token when it keeps nothing. */
  public static ApiContext read(Path home) {
    Properties kept = new Properties();
    try (Reader in = Files.newBufferedReader(home.resolve(FILE))) {
      kept.load(in);
    } catch (NoSuchFileException e) {
      return new ApiContext(DEFAULT_URL, Optional.empty());
    } catch (IOException e) {
      throw unusable(home, Reasons.of(e));
    } catch (IllegalArgumentException e) {
      throw unusable(home, "it is damaged");
    }
    String url = kept.getProperty("url");
    if (url == null) {
      throw new CliException(
          ExitCode.FAILED,
          home.resolve(FILE) + " has no url: run sentinel login --server URL, or remove the file");
    }
    return new ApiContext(url, Optional.ofNullable(kept.getProperty("token")));
  }

  private static CliException unusable(Path home, String why) {
    return new CliException(
        ExitCode.FAILED,
        "cannot read "
            + home.resolve(FILE)
            + ": "
            + why
            + "; mend or remove it, then run sentinel login");
  }

  /** Keeps this in {@code home}, whole or not at all. */
  public void write(Path home) throws IOException {
    Properties kept = new Properties();
    kept.setProperty("url", url);
    token.ifPresent(value -> kept.setProperty("token", value));
    Path temporary =
        Files.createTempFile(
            home,
            FILE,
            "",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try (Writer out = Files.newBufferedWriter(temporary)) {
      kept.store(out, "sentinel: server and token of the command line");
    }
    Files.move(
        temporary,
        home.resolve(FILE),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public String toString() {
    return "ApiContext[" + url + "]";
  }
}
