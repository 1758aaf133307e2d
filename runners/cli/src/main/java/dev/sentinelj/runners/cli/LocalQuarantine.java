package dev.sentinelj.runners.cli;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The batches an agent put aside because no server will ever take them: one file each, whose name
 * says which and why. Looks and touches nothing, so the agent may be running.
 */
final class LocalQuarantine {
  /** What an agent gives a batch up for; see {@code core.ingest.Refusal}. */
  private static final Set<String> REASONS =
      new TreeSet<>(Set.of("bad_set", "malformed", "time_span", "too_big", "unsupported_version"));

  /** What an agent keeps beside what was refused. */
  private static final List<String> OF_AN_AGENT = List.of("identity", "wal");

  private static final Pattern NAME = Pattern.compile("([0-9a-f]{16})-([0-9]{1,19})\\.([a-z_]+)");

  private LocalQuarantine() {}

  private record Kept(Path file, Matcher name, long size, Instant at) {}

  /**
   * Newest first, at most {@code limit}.
   *
   * @param data where an agent keeps its data; one that never kept a batch has no place for them
   */
  static JsonNode list(Path data, @Nullable String reason, int limit) {
    if (reason != null && !REASONS.contains(reason)) {
      throw new CliException(
          ExitCode.USAGE,
          "--reason: batches that no server took have one of " + String.join(", ", REASONS));
    }
    ObjectNode answer = ApiClient.JSON.createObjectNode();
    ArrayNode items = answer.putArray("items");
    kept(data, data.resolve("refused")).stream()
        .filter(one -> reason == null || reason.equals(one.name().group(3)))
        .sorted(Comparator.comparing(Kept::at).reversed())
        .limit(limit)
        .forEach(one -> {
          ObjectNode item = items.addObject();
          item.put("epoch", one.name().group(1));
          item.put("seq", Long.parseLong(one.name().group(2)));
          item.put("reason", one.name().group(3));
          item.put("size", one.size());
          item.put("kept_at", one.at().toString());
          item.put("file", one.file().toString());
        });
    return answer;
  }

  private static List<Kept> kept(Path data, Path directory) {
    List<Kept> found = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      files.forEach(file -> read(file).ifPresent(found::add));
      return found;
    } catch (NoSuchFileException e) {
      return empty(data);
    } catch (NotDirectoryException e) {
      throw new CliException(ExitCode.USAGE, directory + " is not a directory");
    } catch (IOException e) {
      throw new CliException(ExitCode.FAILED, "cannot read " + directory + ": " + Reasons.of(e));
    }
  }

  /** Any other directory has nothing kept aside either. */
  private static List<Kept> empty(Path data) {
    if (OF_AN_AGENT.stream().noneMatch(name -> Files.exists(data.resolve(name)))) {
      throw new CliException(
          ExitCode.FAILED, "no agent keeps its data in " + data + ": name it with --data DIR");
    }
    return List.of();
  }

  private static Optional<Kept> read(Path file) {
    Matcher name = NAME.matcher(String.valueOf(file.getFileName()));
    if (!name.matches()) {
      return Optional.empty();
    }
    try {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      return Optional.of(new Kept(file, name, now.size(), now.lastModifiedTime().toInstant()));
    } catch (IOException e) {
      return Optional.empty(); // its owner removed it meanwhile
    }
  }
}
