package dev.sentinelj.runners.server;

import dagger.BindsInstance;
import dagger.Component;
import dev.sentinelj.application.gateway.AgentDirectory;
import dev.sentinelj.application.gateway.CommittedRelay;
import dev.sentinelj.application.gateway.FramePublisher;
import dev.sentinelj.application.gateway.GatewayStatus;
import dev.sentinelj.application.gateway.Ticker;
import dev.sentinelj.ports.driving.AgentSessions;
import dev.sentinelj.ports.driving.EnrolAgents;
import dev.sentinelj.ports.driving.IngestBatches;
import dev.sentinelj.ports.driving.OperatorAccess;
import dev.sentinelj.ports.driving.QuarantineReplay;
import jakarta.inject.Singleton;

@Singleton
@Component(modules = ServerModule.class, dependencies = ServerPorts.class)
interface ServerComponent {
  AgentDirectory directory();

  FramePublisher publisher();

  IngestBatches ingest();

  AgentSessions sessions();

  EnrolAgents enrolment();

  OperatorAccess operators();

  QuarantineReplay replay();

  CommittedRelay relay();

  Ticker ticker();

  GatewayStatus status();

  @Component.Factory
  interface Factory {
    ServerComponent create(ServerPorts ports, @BindsInstance ServerConfig config);
  }
}
