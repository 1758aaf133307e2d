package dev.sentinelj.adapters.files;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.signing.KeyId;
import dev.sentinelj.core.signing.Secret;
import dev.sentinelj.core.wire.MalformedException;
import dev.sentinelj.ports.driven.AgentRegistry;
import dev.sentinelj.ports.driven.SecretVault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/**
 * Who an agent is, in one small file of mode 0600 that is replaced as a whole; its secret is
 * sealed.
 */
public final class FileAgentIdentity {
  private final Path file;
  private final SecretVault vault;

  public FileAgentIdentity(Path file, SecretVault vault) {
    this.file = file;
    this.vault = vault;
  }

  /**
   * @param server where the agent sends to, as {@code host:port}
   */
  public record Identity(AgentId agent, KeyId key, Secret secret, String server) {
    public Identity {
      if (server.isBlank() || server.lines().count() != 1 || !server.strip().equals(server)) {
        throw new IllegalArgumentException("a server address is one line without space around it");
      }
    }
  }

  /**
   * What was saved; empty before the agent has enrolled.
   *
   * @throws UnusablePathException when the file is damaged, open to others, or sealed by another
   *     vault
   */
  public Optional<Identity> load() {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      PrivateFiles.requireOwnerOnly(file);
      return Optional.of(parse(ConfigFile.read(file)));
    } catch (IOException e) {
      throw new UnusablePathException(file + " cannot be read: " + Reasons.of(e), e);
    } catch (IllegalArgumentException | MalformedException e) {
      throw damaged(e);
    } catch (SecretVault.UnreadableSecretException e) {
      throw new UnusablePathException(
          file + " was sealed with another key: restore the vault, or enrol the agent again", e);
    }
  }

  private Identity parse(Map<String, String> values) {
    AgentId agent = new AgentId(values.getOrDefault("agent", ""));
    KeyId key = new KeyId(values.getOrDefault("key", ""));
    byte[] sealed = Base64.getDecoder().decode(values.getOrDefault("secret", ""));
    Secret secret = Secret.of(vault.open(sealed, AgentRegistry.context(agent, key)));
    return new Identity(agent, key, secret, values.getOrDefault("server", ""));
  }

  private UnusablePathException damaged(RuntimeException cause) {
    return new UnusablePathException(
        file + " is damaged: restore it from a backup, or move it away and enrol again", cause);
  }

  /** Replaces what was saved; durable on return. */
  public void save(Identity identity) {
    String context = AgentRegistry.context(identity.agent(), identity.key());
    byte[] sealed = vault.seal(identity.secret().reveal(), context);
    String text =
        "agent = %s%nkey = %s%nsecret = %s%nserver = %s%n"
            .formatted(
                identity.agent(),
                identity.key(),
                Base64.getEncoder().encodeToString(sealed),
                identity.server());
    try {
      AtomicFiles.createDirectory(AtomicFiles.directoryOf(file));
      AtomicFiles.write(file, text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UnusablePathException(file + " cannot be written: " + Reasons.of(e), e);
    }
  }
}
