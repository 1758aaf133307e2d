package dev.sentinelj.ports.driven;

/**
 * A place in one queue of the bus, ordered by generation, then sequence.
 *
 * @param generation raised whenever the bus under a queue turns out to be another one, from 1
 * @param sequence of a message, from 1; 0 is before the first
 * @param stampMillis the bus time stamp of that message; 0 for sequence 0
 */
public record BusPosition(long generation, long sequence, long stampMillis)
    implements Comparable<BusPosition> {
  /** Before everything. */
  public static final BusPosition START = new BusPosition(0, 0, 0);

  @Override
  public int compareTo(BusPosition other) {
    int byGeneration = Long.compare(generation, other.generation);
    return byGeneration != 0 ? byGeneration : Long.compare(sequence, other.sequence);
  }
}
