package dev.sentinelj.ports.driven;

import dev.sentinelj.core.frame.FrameAddress;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Queues of bytes between gateways and workers, one per partition and lane. Messages of one queue
 * keep their order; delivery is at least once; the reader says where it is. Thread safe.
 */
public interface BatchBus {

  /** How many partitions there are; fixed for the life of an installation. */
  int partitions();

  /**
   * Puts {@code message} at the end of a queue. Completes with its position when the bus has
   * acknowledged it, in a way that survives what {@link #durability()} says. The same {@code
   * messageId} again within the bus's memory may be dropped and answered with the position of the
   * first.
   *
   * <p>Fails with {@link dev.sentinelj.ports.PortUnavailableException} when no acknowledgement came
   * (it may be in the queue all the same), and with {@link BusFullException} when nothing was put.
   */
  CompletionStage<BusPosition> publish(FrameAddress address, String messageId, byte[] message);

  /**
   * Messages behind {@code after}, in order, at most {@code maxCount} and, beyond the first, at
   * most {@code maxBytes}; empty when there is none yet. A position of another generation than the
   * queue's present one reads from the queue's first message.
   *
   * <p>Where the broker is another process, it fails with {@link
   * dev.sentinelj.ports.PortUnavailableException} after that was away until the queue was compared
   * by {@link #verify}: under the same sequences there may be other messages.
   */
  List<Message> read(FrameAddress address, BusPosition after, int maxCount, long maxBytes);

  /**
   * Compares what is at {@code committed} with the queue: the same position when its message is
   * there with the same stamp, or when the queue is still the one it was read from; otherwise
   * {@code (generation + 1, 0, 0)}, from where everything is read again. A queue that was lost and
   * made anew while its gateways lived on is another one even where nothing was read of it, because
   * agents wait for what it had; and so it stays until that answer is the position. Called by the
   * owner of a partition when it takes it over, after a reconnect, and each second.
   */
  BusPosition verify(FrameAddress address, BusPosition committed);

  /**
   * Allows the bus to drop what lies before {@code position}. The message at it is kept, and not
   * counted in {@link #fill()}: a bus in which all was forgotten has room.
   */
  void forget(FrameAddress address, BusPosition position);

  /** Runs {@code listener} soon after a message arrived in any queue; it must not block. */
  void onArrival(Runnable listener);

  Fill fill();

  Durability durability();

  /** One message; {@code position.stampMillis} is the time the bus took it. */
  record Message(BusPosition position, byte[] bytes) {}

  /** How much of the space for messages that nobody has forgotten is taken. */
  record Fill(long bytes, long maxBytes) {
    public double ratio() {
      return maxBytes == 0 ? 0 : (double) bytes / maxBytes;
    }
  }

  /** What an acknowledgement survives. */
  enum Durability {
    /** Nothing: it is in memory. */
    MEMORY,
    /** The death of the broker's process, not of the machine. */
    PROCESS,
    /** Loss of power: it was synced. */
    DISK
  }

  /** The bus has no room; nothing was put. Later there may be. */
  final class BusFullException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public BusFullException(String message) {
      super(message);
    }
  }
}
