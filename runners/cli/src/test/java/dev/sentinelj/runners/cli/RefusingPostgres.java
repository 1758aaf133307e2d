package dev.sentinelj.runners.cli;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Speaks as much of PostgreSQL's protocol as it takes to ask for a password and refuse it. */
final class RefusingPostgres implements AutoCloseable {
  /** The code of a request for encryption; that of a start is the version of the protocol. */
  private static final int SSL_REQUEST = 80_877_103;

  private static final int GSS_REQUEST = 80_877_104;
  private static final byte[] PASSWORD_PLEASE = {'R', 0, 0, 0, 8, 0, 0, 0, 3};

  private final ServerSocket server;

  RefusingPostgres() {
    try {
      server = new ServerSocket(0, 5, InetAddress.ofLiteral("127.0.0.1"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::serve);
  }

  String url() {
    return "postgresql://me@127.0.0.1:" + server.getLocalPort() + "/db";
  }

  @Override
  public void close() throws IOException {
    server.close();
  }

  private void serve() {
    while (!server.isClosed()) {
      try (Socket client = server.accept()) {
        refuse(new DataInputStream(client.getInputStream()), client.getOutputStream());
      } catch (IOException e) {
        // the driver gave up, or the test ended
      }
    }
  }

  private static void refuse(DataInputStream in, OutputStream out) throws IOException {
    byte[] start = in.readNBytes(in.readInt() - 4);
    while (start.length == 4 && isEncryption(start)) {
      out.write('N');
      start = in.readNBytes(in.readInt() - 4);
    }
    out.write(PASSWORD_PLEASE);
    in.readByte();
    in.readNBytes(in.readInt() - 4);
    byte[] error =
        "SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed for user \"me\"\0\0"
            .getBytes(StandardCharsets.US_ASCII);
    out.write(new byte[] {'E', 0, 0, 0, (byte) (error.length + 4)});
    out.write(error);
  }

  private static boolean isEncryption(byte[] code) {
    int number = ByteBuffer.wrap(code).getInt();
    return number == SSL_REQUEST || number == GSS_REQUEST;
  }
}
