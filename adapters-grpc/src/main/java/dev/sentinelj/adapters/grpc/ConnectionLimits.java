package dev.sentinelj.adapters.grpc;

import io.grpc.Attributes;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Bounds connections, and unary calls over all of them, because each call holds a message of some
 * megabytes. What is above a bound is told so instead of being cut off. A unary call whose message
 * does not come is ended, so that nobody can take all of them by asking nothing.
 */
final class ConnectionLimits extends ServerTransportFilter implements ServerInterceptor {
  private static final Attributes.Key<Boolean> ABOVE =
      Attributes.Key.create("dev.sentinelj.connection-above-limit");

  private final int maxConnections;
  private final AtomicInteger connections = new AtomicInteger();
  private final Semaphore unaryCalls;
  private final Duration messageTimeout;

  ConnectionLimits(int maxConnections, int maxUnaryCalls, Duration messageTimeout) {
    this.maxConnections = maxConnections;
    this.messageTimeout = messageTimeout;
    this.unaryCalls = new Semaphore(maxUnaryCalls);
  }

  @Override
  public Attributes transportReady(Attributes transport) {
    boolean above = connections.incrementAndGet() > maxConnections;
    return transport.toBuilder().set(ABOVE, above).build();
  }

  @Override
  public void transportTerminated(@Nullable Attributes transport) {
    if (transport != null && transport.get(ABOVE) != null) { // otherwise it was never counted
      connections.decrementAndGet();
    }
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    if (Boolean.TRUE.equals(call.getAttributes().get(ABOVE))) {
      return refuse(call, "this gateway takes " + maxConnections + " connections and has them");
    }
    if (call.getMethodDescriptor().getType() != MethodType.UNARY) {
      return next.startCall(call, headers);
    }
    if (!unaryCalls.tryAcquire()) {
      return refuse(call, "this gateway has as many calls under way as it takes");
    }
    Released<Q> released = new Released<>(next.startCall(call, headers), unaryCalls);
    var _ =
        released
            .asked
            .orTimeout(messageTimeout.toMillis(), TimeUnit.MILLISECONDS)
            .exceptionally(_ -> {
              call.close(
                  Status.DEADLINE_EXCEEDED.withDescription("no message within " + messageTimeout),
                  new Metadata());
              return null;
            });
    return released;
  }

  private static <Q, A> ServerCall.Listener<Q> refuse(ServerCall<Q, A> call, String why) {
    call.close(Status.RESOURCE_EXHAUSTED.withDescription(why), new Metadata());
    return new ServerCall.Listener<>() {};
  }

  /** Gives its permit back once, however the call ends. */
  private static final class Released<Q> extends SimpleForwardingServerCallListener<Q> {
    private final Semaphore permits;
    private final AtomicBoolean released = new AtomicBoolean();
    private final CompletableFuture<Void> asked = new CompletableFuture<>();

    Released(ServerCall.Listener<Q> next, Semaphore permits) {
      super(next);
      this.permits = permits;
    }

    @Override
    public void onHalfClose() {
      asked.complete(null);
      super.onHalfClose();
    }

    @Override
    public void onCancel() {
      release();
      super.onCancel();
    }

    @Override
    public void onComplete() {
      release();
      super.onComplete();
    }

    private void release() {
      asked.complete(null);
      if (!released.getAndSet(true)) {
        permits.release();
      }
    }
  }
}
