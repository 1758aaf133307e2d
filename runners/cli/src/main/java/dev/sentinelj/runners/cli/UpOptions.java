package dev.sentinelj.runners.cli;

import java.nio.file.Path;
import java.util.Map;

/**
 * What {@code sentinel up} was asked for.
 *
 * @param settings the options given, under the names the configuration file uses; they win over it
 * @param ephemeral keep nothing: memory in place of database and bus, the rest in a temporary
 *     directory
 * @param newPassword make a new password for admin and show it
 */
public record UpOptions(
    Path home, Map<String, String> settings, boolean ephemeral, boolean newPassword) {
  /** The option of each setting that has one. */
  public static final Map<String, String> NAMES =
      Map.of(
          "http.port", "--http-port",
          "grpc.port", "--grpc-port",
          "bind.address", "--bind",
          "collect.interval", "--interval");

  public UpOptions {
    settings = Map.copyOf(settings);
  }
}
