package com.github.shiroedev2024.leaf.engine.spi;

import java.util.List;

/**
 * A whole checked configuration of the engine: every reference resolves, there is no cycle, every
 * tag is unique.
 *
 * @param inbounds those that listen
 * @param inboundParts those that inbounds are made of; they listen nowhere themselves
 * @param outbounds in the file's order (the {@code FINAL} target is not moved)
 * @param defaultOutbound the tag that takes what no rule matches: FINAL's target, else the first
 */
public record EngineSpec(
    List<InboundSpec> inbounds,
    List<InboundSpec> inboundParts,
    List<OutboundSpec> outbounds,
    String defaultOutbound,
    List<RuleSpec> rules,
    boolean domainResolve,
    DnsSpec dns,
    ProbeTarget probe,
    EngineOptions options) {}
