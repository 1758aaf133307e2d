package dev.sentinelj.adapters.grpc;

import dev.sentinelj.proto.AgentServiceGrpc;
import dev.sentinelj.proto.PushResponse;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;

/** What both ends of the unary calls agree on beside the generated stubs. */
final class UnaryMethods {
  static final Metadata.Key<byte[]> HEADER = binary("sentinel-header-bin");
  static final Metadata.Key<byte[]> ENVELOPE = binary("sentinel-envelope-bin");
  static final Metadata.Key<byte[]> SET = binary("sentinel-set-bin");
  static final Metadata.Key<byte[]> HEARTBEAT = binary("sentinel-heartbeat-bin");

  /** PushMetrics with the body as bytes: the generated stub would serialise it anew. */
  static final MethodDescriptor<byte[], PushResponse> PUSH =
      MethodDescriptor.<byte[], PushResponse>newBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName(AgentServiceGrpc.getPushMetricsMethod().getFullMethodName())
          .setRequestMarshaller(new RawBytes())
          .setResponseMarshaller(AgentServiceGrpc.getPushMetricsMethod().getResponseMarshaller())
          .build();

  private UnaryMethods() {}

  private static Metadata.Key<byte[]> binary(String name) {
    return Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER);
  }
}
