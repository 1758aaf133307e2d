package dev.sentinelj.application.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.adapters.memory.InMemorySecretVault;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.signing.KeyId;
import dev.sentinelj.core.signing.Secret;
import dev.sentinelj.ports.driven.AgentRegistry;
import dev.sentinelj.ports.driven.AgentRegistry.RegisteredAgent;
import dev.sentinelj.ports.driven.AgentRegistry.StoredKey;
import dev.sentinelj.ports.driven.SecretVault;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class DerivedKeysTest {
  private static final AgentId AGENT = new AgentId("agent");
  private static final KeyId KEY = new KeyId("k1");
  private static final KeyId OTHER = new KeyId("k2");
  private static final long NOW = 1_800_000_000_000L;

  private final CountingVault vault = new CountingVault();

  @Test
  void of_opensAKeyOnceHoweverOftenItIsRead() {
    StoredKey stored = stored(KEY, 0);
    DerivedKeys before = DerivedKeys.of(agent(stored), DerivedKeys.NONE, vault);

    DerivedKeys after = DerivedKeys.of(agent(stored, stored(OTHER, 0)), before, vault);

    assertThat(vault.opened).isEqualTo(2);
    assertThat(after.keys().ring().forEnvelope(KEY, NOW))
        .isEqualTo(before.keys().ring().forEnvelope(KEY, NOW));
    assertThat(after.keys().knows(OTHER)).isTrue();
  }

  @Test
  void of_aSecretThatChangedUnderTheSameId_isOpenedAnew() {
    DerivedKeys before = DerivedKeys.of(agent(stored(KEY, 0)), DerivedKeys.NONE, vault);

    DerivedKeys after = DerivedKeys.of(agent(stored(KEY, 0)), before, vault);

    assertThat(vault.opened).isEqualTo(2);
    assertThat(after.keys().ring().forEnvelope(KEY, NOW))
        .isNotEqualTo(before.keys().ring().forEnvelope(KEY, NOW));
  }

  @Test
  void of_aRevokedKey_isKnownAndSignsNothing() {
    DerivedKeys keys = DerivedKeys.of(agent(stored(KEY, NOW - 1)), DerivedKeys.NONE, vault);

    assertThat(keys.keys().knows(KEY)).isTrue();
    assertThat(keys.keys().ring().forEnvelope(KEY, NOW)).isEmpty();
  }

  @Test
  void withProved_notesItOfKeysThatThereAre() {
    DerivedKeys keys = DerivedKeys.of(agent(stored(KEY, 0)), DerivedKeys.NONE, vault);

    DerivedKeys proved = keys.withProved(KEY).withProved(OTHER);

    assertThat(keys.keys().proved()).containsEntry(KEY, false);
    assertThat(proved.keys().proved()).containsOnlyKeys(KEY).containsEntry(KEY, true);
  }

  private StoredKey stored(KeyId id, long revokedAtMillis) {
    byte[] secret = Secret.random(new SplittableRandom(1)).reveal();
    byte[] sealed = vault.seal(secret, AgentRegistry.context(AGENT, id));
    return new StoredKey(id, sealed, false, 0, revokedAtMillis);
  }

  private static RegisteredAgent agent(StoredKey... keys) {
    return new RegisteredAgent(AGENT, "hardware", "1.0", new TreeMap<>(), 1, List.of(keys));
  }

  private static final class CountingVault implements SecretVault {
    private final SecretVault vault = new InMemorySecretVault();
    private int opened;

    @Override
    public byte[] seal(byte[] plain, String context) {
      return vault.seal(plain, context);
    }

    @Override
    public byte[] open(byte[] sealed, String context) {
      opened++;
      return vault.open(sealed, context);
    }
  }
}
