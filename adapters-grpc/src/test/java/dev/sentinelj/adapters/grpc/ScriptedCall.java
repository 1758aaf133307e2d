package dev.sentinelj.adapters.grpc;

import dev.sentinelj.proto.ServerMessage;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * The transport's end of a stream: counts what is asked for and plays an agent that reads or not.
 */
final class ScriptedCall extends ServerCallStreamObserver<ServerMessage> {
  final BlockingQueue<ServerMessage> sent = new LinkedBlockingQueue<>();
  final CompletableFuture<String> end = new CompletableFuture<>();
  int requested;
  boolean ready = true;
  Runnable onReady = () -> {};
  Runnable onCancel = () -> {};

  @Override
  public void onNext(ServerMessage message) {
    assertOpen();
    sent.add(message);
  }

  @Override
  public void onError(Throwable failure) {
    assertOpen();
    end.complete(String.valueOf(failure.getMessage()));
  }

  @Override
  public void onCompleted() {
    assertOpen();
    end.complete("completed");
  }

  private void assertOpen() {
    if (end.isDone()) {
      throw new AssertionError("the call was ended before");
    }
  }

  @Override
  public void request(int count) {
    requested += count;
  }

  @Override
  public boolean isReady() {
    return ready;
  }

  @Override
  public void setOnReadyHandler(Runnable handler) {
    onReady = handler;
  }

  @Override
  public void setOnCancelHandler(Runnable handler) {
    onCancel = handler;
  }

  @Override
  public boolean isCancelled() {
    return false;
  }

  @Override
  public void setCompression(String compression) {}

  @Override
  public void setMessageCompression(boolean enable) {}

  @Override
  public void disableAutoInboundFlowControl() {}

  @Override
  public void disableAutoRequest() {}

  @Override
  public void setOnCloseHandler(Runnable handler) {}
}
