package dev.sentinelj.adapters.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.session.Hello;
import dev.sentinelj.core.session.SessionLimits;
import dev.sentinelj.core.session.Welcome;
import dev.sentinelj.core.signing.KeyId;
import dev.sentinelj.core.signing.MacTag;
import dev.sentinelj.core.signing.SessionSeal;
import dev.sentinelj.core.wire.MalformedException;
import dev.sentinelj.core.wire.WireWriter;
import dev.sentinelj.proto.Sealed;

/** Wire form of how a session begins and of its seal. */
final class Handshakes {
  /** No agent calls its version by a longer name. */
  private static final int MAX_VERSION_CHARS = 64;

  private Handshakes() {}

  static dev.sentinelj.proto.Hello toWire(Hello hello) {
    return dev.sentinelj.proto.Hello.newBuilder()
        .setAgentId(hello.epoch().agent().value())
        .setKeyId(hello.key().value())
        .setAgentVersion(hello.agentVersion())
        .setNonce(bytes(hello.nonce()))
        .setSentAtMs(hello.sentAtMillis())
        .setEpoch(hello.epoch().epoch())
        .setNextSeq(hello.nextSeq())
        .setMac(bytes(hello.mac().toBytes()))
        .build();
  }

  /**
   * @throws MalformedException when a field cannot be what a hello says
   */
  static Hello fromWire(dev.sentinelj.proto.Hello wire) {
    if (wire.getAgentVersion().length() > MAX_VERSION_CHARS) {
      throw new MalformedException("the agent's version is too long");
    }
    try {
      return new Hello(
          new EpochId(new AgentId(wire.getAgentId()), wire.getEpoch()),
          KeyId.parse(wire.getKeyId()),
          wire.getAgentVersion(),
          wire.getNonce().toByteArray(),
          wire.getSentAtMs(),
          wire.getNextSeq(),
          MacTag.of(wire.getMac().toByteArray()));
    } catch (IllegalArgumentException e) {
      throw new MalformedException(String.valueOf(e.getMessage()), e);
    }
  }

  static dev.sentinelj.proto.Welcome toWire(Welcome welcome) {
    return dev.sentinelj.proto.Welcome.newBuilder()
        .setNonce(bytes(welcome.nonce()))
        .setServerTimeMs(welcome.serverMillis())
        .setMaxBatchBytes(welcome.limits().maxBatchBytes())
        .setHeartbeatMs(welcome.limits().heartbeatMillis())
        .setMac(bytes(welcome.mac().toBytes()))
        .build();
  }

  /**
   * @throws MalformedException when a field cannot be what a welcome says
   */
  static Welcome fromWire(dev.sentinelj.proto.Welcome wire) {
    if (wire.getNonce().size() != Hello.NONCE_BYTES) {
      throw new MalformedException("a nonce has " + Hello.NONCE_BYTES + " bytes");
    }
    return new Welcome(
        wire.getNonce().toByteArray(),
        wire.getServerTimeMs(),
        new SessionLimits(wire.getMaxBatchBytes(), wire.getHeartbeatMs()),
        MacTag.of(wire.getMac().toByteArray()));
  }

  /** The nonce of a session's seals: the agent's, then the gateway's. */
  static byte[] sessionNonce(Hello hello, Welcome welcome) {
    return new WireWriter(2 * Hello.NONCE_BYTES).raw(hello.nonce()).raw(welcome.nonce()).toBytes();
  }

  /** The nonce of the one sealed answer to a hello that opens no session. */
  static byte[] helloNonce(Hello hello) {
    return hello.mac().toBytes();
  }

  static Sealed toWire(SessionSeal.Sealed sealed) {
    return Sealed.newBuilder()
        .setCounter(sealed.counter())
        .setPayload(bytes(sealed.payload()))
        .setMac(bytes(sealed.mac().toBytes()))
        .build();
  }

  /**
   * @throws MalformedException when its MAC has another length
   */
  static SessionSeal.Sealed fromWire(Sealed sealed) {
    return new SessionSeal.Sealed(
        sealed.getCounter(),
        sealed.getPayload().toByteArray(),
        MacTag.of(sealed.getMac().toByteArray()));
  }

  /** Without a copy: whoever gives bytes away here does not change them afterwards. */
  static ByteString bytes(byte[] value) {
    return UnsafeByteOperations.unsafeWrap(value);
  }
}
