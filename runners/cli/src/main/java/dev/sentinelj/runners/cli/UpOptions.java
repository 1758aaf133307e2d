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
  public UpOptions {
    settings = Map.copyOf(settings);
  }
}
