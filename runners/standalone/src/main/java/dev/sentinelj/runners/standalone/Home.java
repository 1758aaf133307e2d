package dev.sentinelj.runners.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What lies where under {@code $SENTINEL_HOME}. */
record Home(Path root) {

  /** Programs are started in other directories: a relative path would mean another place there. */
  Home {
    root = root.toAbsolutePath().normalize();
  }

  /** One of its own, that nobody else reads, for a run of which nothing is to be left. */
  static Home temporary() {
    try {
      Home home = new Home(Files.createTempDirectory("sentinel-"));
      Files.createFile(home.inMemory());
      return home;
    } catch (IOException e) {
      throw new StartException("cannot make a temporary directory: " + e.getMessage(), e);
    }
  }

  /** Is there where the database is in memory. */
  Path inMemory() {
    return root.resolve("in-memory");
  }

  Path config() {
    return root.resolve("sentinel.conf");
  }

  Path keys() {
    return root.resolve("keys");
  }

  Path postgres() {
    return root.resolve("postgres");
  }

  Path bus() {
    return root.resolve("bus");
  }

  Path agent() {
    return root.resolve("agent");
  }

  Path logs() {
    return root.resolve("logs");
  }
}
