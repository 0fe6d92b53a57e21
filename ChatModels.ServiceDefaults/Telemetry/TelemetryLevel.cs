namespace ChatModels.ServiceDefaults.Telemetry;

/// <summary>How much is told; each level includes the ones before it.</summary>
internal enum TelemetryLevel
{
    /// <summary>Nothing is recorded and nothing exported.</summary>
    Off,

    /// <summary>Metrics and logs.</summary>
    Metrics,

    /// <summary>And the spans of some requests, whole traces.</summary>
    Sampled,

    /// <summary>And the spans of every request.</summary>
    All,
}
