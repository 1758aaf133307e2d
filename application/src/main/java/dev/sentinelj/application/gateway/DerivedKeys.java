package dev.sentinelj.application.gateway;

import dev.sentinelj.application.gateway.AgentDirectory.Keys;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.signing.AgentKey;
import dev.sentinelj.core.signing.KeyId;
import dev.sentinelj.core.signing.KeyRing;
import dev.sentinelj.core.signing.Secret;
import dev.sentinelj.ports.driven.AgentRegistry;
import dev.sentinelj.ports.driven.AgentRegistry.RegisteredAgent;
import dev.sentinelj.ports.driven.AgentRegistry.StoredKey;
import dev.sentinelj.ports.driven.SecretVault;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The keys of one agent, each with the sealed bytes it came from, so that it is derived once. */
record DerivedKeys(Keys keys, Map<KeyId, Derived> byId) {
  static final DerivedKeys NONE =
      new DerivedKeys(new Keys(new KeyRing(List.of()), Map.of(), ""), Map.of());

  private record Derived(byte[] sealed, AgentKey key) {}

  /**
   * The keys of {@code agent} as they are now.
   *
   * @param before of the same agent; what is unchanged since is taken from there
   * @throws SecretVault.UnreadableSecretException when one of the others cannot be opened
   */
  static DerivedKeys of(RegisteredAgent agent, DerivedKeys before, SecretVault vault) {
    Map<KeyId, Derived> derived = new HashMap<>();
    Map<KeyId, Boolean> proved = new HashMap<>();
    List<KeyRing.Entry> entries = new ArrayList<>();
    for (StoredKey stored : agent.keys()) {
      Derived key = derive(agent.id(), stored, before.byId.get(stored.id()), vault);
      derived.put(stored.id(), key);
      proved.put(stored.id(), stored.proved());
      entries.add(new KeyRing.Entry(key.key, state(stored)));
    }
    Keys keys = new Keys(new KeyRing(entries), Map.copyOf(proved), agent.version());
    return new DerivedKeys(keys, derived);
  }

  /** The same after a MAC under {@code key} held. */
  DerivedKeys withProved(KeyId key) {
    Map<KeyId, Boolean> proved = new HashMap<>(keys.proved());
    proved.computeIfPresent(key, (_, _) -> true);
    return new DerivedKeys(new Keys(keys.ring(), Map.copyOf(proved), keys.version()), byId);
  }

  private static Derived derive(
      AgentId agent, StoredKey stored, @Nullable Derived before, SecretVault vault) {
    if (before != null && Arrays.equals(before.sealed, stored.sealedSecret())) {
      return before;
    }
    byte[] plain = vault.open(stored.sealedSecret(), AgentRegistry.context(agent, stored.id()));
    return new Derived(stored.sealedSecret(), new AgentKey(stored.id(), Secret.of(plain)));
  }

  private static KeyRing.State state(StoredKey stored) {
    if (stored.revokedAtMillis() != 0) {
      return new KeyRing.State.Revoked(stored.revokedAtMillis());
    }
    return stored.rotatedAtMillis() != 0
        ? new KeyRing.State.Rotated(stored.rotatedAtMillis())
        : new KeyRing.State.Current();
  }
}
