namespace ChatModels.ServiceDefaults.Telemetry;

/// <summary>Every variable of the OpenTelemetry SDK and its OTLP exporter that a wrong value can be given to; the samplers' are in <see cref="TelemetrySampler"/>.</summary>
internal static class OtelVariables
{
    public const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    public const string SdkDisabled = "OTEL_SDK_DISABLED";
    public const string SpanQueue = "OTEL_BSP_MAX_QUEUE_SIZE";
    public const string SpanBatch = "OTEL_BSP_MAX_EXPORT_BATCH_SIZE";
    public const string Content = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT";
    public const string LogQueue = "OTEL_BLRP_MAX_QUEUE_SIZE";
    public const string LogBatch = "OTEL_BLRP_MAX_EXPORT_BATCH_SIZE";

    // The default queue of 2,048 spans overflows under load, silently. 16,384 are some 25 MB at worst.
    public const string SpanQueueSize = "16384";
    public const string LogQueueSize = "2048";
    public const string BatchSize = "512";

    // What an export costs besides its spans is shared by twice as many: 1,024 of them are 0.4 MB. With what was said in them they may pass the 4 MB that collectors take over gRPC.
    public const string SpanBatchSize = "1024";

    private static readonly string[] Signals = ["", "TRACES_", "METRICS_", "LOGS_"];

    public static IReadOnlyList<OtelVariable> All { get; } =
    [
        OtelVariable.Word(SdkDisabled, "false", "true", "false"),
        .. Signals.Select(signal => OtelVariable.Url($"OTEL_EXPORTER_OTLP_{signal}ENDPOINT")),
        .. Signals.Select(signal => OtelVariable.Headers($"OTEL_EXPORTER_OTLP_{signal}HEADERS")),
        .. Signals.Select(signal => OtelVariable.Word($"OTEL_EXPORTER_OTLP_{signal}PROTOCOL", signal is "" ? "grpc" : null, "grpc", "http/protobuf")),
        .. Signals.Select(signal => OtelVariable.Word($"OTEL_EXPORTER_OTLP_{signal}COMPRESSION", signal is "" ? "none" : null, "none", "gzip")),
        .. Signals.Select(signal => OtelVariable.Number($"OTEL_EXPORTER_OTLP_{signal}TIMEOUT", 1, signal is "" ? "10000" : null)),
        OtelVariable.Word("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "cumulative", "cumulative", "delta", "lowmemory"),
        OtelVariable.Word("OTEL_METRICS_EXEMPLAR_FILTER", null, "always_off", "always_on", "trace_based"),
        OtelVariable.Number("OTEL_METRIC_EXPORT_INTERVAL", 1, "60000"),
        OtelVariable.Number("OTEL_METRIC_EXPORT_TIMEOUT", 1, "30000"),
        OtelVariable.Number(SpanQueue, 1, SpanQueueSize),
        OtelVariable.Number(SpanBatch, 1, BatchSize),
        OtelVariable.Number("OTEL_BSP_SCHEDULE_DELAY", 1, "5000"),
        OtelVariable.Number("OTEL_BSP_EXPORT_TIMEOUT", 0, "30000"),
        OtelVariable.Number(LogQueue, 1, LogQueueSize),
        OtelVariable.Number(LogBatch, 1, BatchSize),
        OtelVariable.Number("OTEL_BLRP_SCHEDULE_DELAY", 1, "5000"),
        OtelVariable.Number("OTEL_BLRP_EXPORT_TIMEOUT", 0, "30000"),
        OtelVariable.Word(Content, "false", "true", "false"), // The library's, which reads it from the configuration too.
        .. Limits.Select(name => OtelVariable.Number(name, 0, null)),
    ];

    private static IEnumerable<string> Limits =>
    [
        "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "OTEL_ATTRIBUTE_COUNT_LIMIT", "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT",
        "OTEL_SPAN_EVENT_COUNT_LIMIT", "OTEL_SPAN_LINK_COUNT_LIMIT", "OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", "OTEL_LINK_ATTRIBUTE_COUNT_LIMIT",
        "OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT", "OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT",
    ];
}
