package dev.sentinelj.runners.server;

import dev.sentinelj.core.replay.ReplayWindow;
import dev.sentinelj.core.session.SessionLimits;
import dev.sentinelj.core.signing.Secret;
import java.net.InetAddress;

/**
 * How a server is set up.
 *
 * @param bind a loopback address, until TLS comes
 * @param grpcPort 0 is any free one
 * @param httpPort 0 is any free one
 * @param tokenKey signs access tokens
 */
public record ServerConfig(
    InetAddress bind,
    int grpcPort,
    int httpPort,
    Secret tokenKey,
    SessionLimits limits,
    ReplayWindow window) {}
