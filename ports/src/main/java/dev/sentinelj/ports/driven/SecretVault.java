package dev.sentinelj.ports.driven;

/** Keeps small secrets unreadable where they are stored. Thread safe. */
public interface SecretVault {

  /** {@code plain} encrypted and bound to {@code context}; two calls give different bytes. */
  byte[] seal(byte[] plain, String context);

  /**
   * What was sealed under the same context.
   *
   * @throws UnreadableSecretException when {@code sealed} was changed, sealed under another
   *     context, or by another vault
   */
  byte[] open(byte[] sealed, String context);

  /** A secret that this vault cannot read: a wrong key, or damage. Asking again does not help. */
  final class UnreadableSecretException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UnreadableSecretException(String context, Throwable cause) {
      super("the secret of " + context + " cannot be read with this key", cause);
    }
  }
}
