package dev.sentinelj.runners.agent;

import dev.sentinelj.adapters.files.ConfigFile;
import dev.sentinelj.adapters.files.DataDirectory;
import dev.sentinelj.adapters.files.TinkSecretVault;
import dev.sentinelj.adapters.files.UnusablePathException;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.runners.runtime.Settings;
import dev.sentinelj.runners.runtime.Settings.BadSettingException;
import dev.sentinelj.runners.runtime.ShutdownSequence;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/** An agent alone: {@code java -jar sentinelj-agent.jar agent.conf}. */
public final class Main {
  private static final Set<String> KNOWN =
      Settings.union(
          AgentSettings.NAMES, Set.of("home", "server.address", "server.port", "join.token.file"));

  /** Not at the root of the class path, where a process that embeds this has a file of its own. */
  static final String LOGGING = "dev/sentinelj/runners/agent/logback.xml";

  private static final String NOT_MADE =
      "$1$2: the directory it would be in takes none; set home to another one";

  private static final String LOGGING_PROPERTY = "logback.configurationFile";

  private Main() {}

  public static void main(String[] args) {
    if (System.getProperty(LOGGING_PROPERTY) == null) { // before the first logger is made
      System.setProperty(LOGGING_PROPERTY, LOGGING);
    }
    if (args.length != 1) {
      fail(2, "usage: java -jar sentinelj-agent.jar agent.conf");
    }
    try {
      run(Path.of(args[0]));
    } catch (BadSettingException e) {
      fail(2, String.valueOf(e.getMessage()));
    } catch (UnusablePathException e) {
      fail(1, once(e));
    } catch (PortUnavailableException e) {
      fail(1, String.valueOf(e.getMessage()));
    }
  }

  /** Without the path a second time, which the reason of a file system begins with. */
  static String once(UnusablePathException e) {
    String message = String.valueOf(e.getMessage());
    return message
        .replaceFirst("^(.+)( cannot be made): \\1 does not exist$", NOT_MADE)
        .replaceFirst("^(.+)( cannot be [a-z]+): \\1 ", "$1$2: it ");
  }

  private static Map<String, String> values(Path config) {
    try {
      return ConfigFile.read(config);
    } catch (UnusablePathException e) {
      throw new BadSettingException(once(e));
    }
  }

  private static void run(Path config) {
    Settings settings = new Settings(values(config), KNOWN, config.toString());
    ShutdownSequence shutdown = new ShutdownSequence();
    Runtime.getRuntime()
        .addShutdownHook(Thread.ofPlatform().name("stop").unstarted(shutdown::close));
    Path home = Path.of(settings.text("home", "."));
    shutdown.closeLater("data directory", DataDirectory.open(home));
    TinkSecretVault vault =
        TinkSecretVault.open(
            home.resolve("keys"),
            Optional.ofNullable(System.getenv(TinkSecretVault.PASSPHRASE_VARIABLE)));
    HostAgent agent =
        HostAgent.open(place(settings, home), vault, () -> joinToken(settings), shutdown);
    shutdown.closeLater("agent", AgentRunner.start(agent, AgentSettings.timing(settings)));
    System.out.println("agent " + agent.identity().id() + " runs; SIGTERM stops it");
    awaitEnd();
  }

  /** No thread of ours keeps the process alive but this one; the shutdown hook ends its work. */
  private static void awaitEnd() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static HostAgent.Place place(Settings settings, Path home) {
    InetAddress server = settings.loopback("server.address", "127.0.0.1");
    int port = settings.port("server.port", 50_051);
    String version =
        Optional.ofNullable(Main.class.getPackage().getImplementationVersion())
            .orElse("development");
    return new HostAgent.Place(
        home, AgentSettings.log(settings), new InetSocketAddress(server, port), version);
  }

  static String joinToken(Settings settings) {
    String file = settings.text("join.token.file", "");
    if (file.isEmpty()) {
      throw new BadSettingException(
          "join.token.file is not set: make a token with sentinel agents add and put it into a file");
    }
    try {
      String token = Files.readString(Path.of(file)).strip();
      if (token.isEmpty()) {
        throw new BadSettingException(
            "join.token.file = " + file + ": it is empty; put the token of sentinel agents add in");
      }
      return token;
    } catch (NoSuchFileException e) {
      throw new BadSettingException("join.token.file = " + file + ": there is no such file");
    } catch (IOException e) {
      throw new BadSettingException(
          "join.token.file = " + file + ": it cannot be read (" + e.getMessage() + ")");
    }
  }

  private static void fail(int exitCode, String message) {
    System.err.println("sentinel agent: " + message);
    System.exit(exitCode);
  }
}
