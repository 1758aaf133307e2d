package dev.sentinelj.adapters.memory;

import dev.sentinelj.ports.driven.SecretVault;
import dev.sentinelj.testkit.SecretVaultContract;

class InMemorySecretVaultTest extends SecretVaultContract {
  private final SecretVault vault = new InMemorySecretVault();

  @Override
  protected SecretVault vault() {
    return vault;
  }

  @Override
  protected SecretVault otherVault() {
    return new InMemorySecretVault();
  }
}
