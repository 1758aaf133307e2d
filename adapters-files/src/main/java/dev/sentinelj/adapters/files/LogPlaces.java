package dev.sentinelj.adapters.files;

import java.io.IOException;
import java.util.List;

/**
 * The directories in which the logs of one agent lie. The first log lies in the root itself, number
 * 0; each later one in a directory of its own inside, with the next number.
 */
interface LogPlaces {

  /** Numbers of the directories inside the root, ascending. */
  List<Long> numbers() throws IOException;

  SegmentFiles files(long number);

  /** Makes the directory {@code number}, at least 1, durable on return. */
  void make(long number) throws IOException;

  /** Removes the directory {@code number}, at least 1, if it is empty. */
  void removeIfEmpty(long number) throws IOException;
}
