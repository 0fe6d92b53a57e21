using System.Diagnostics;
using System.Diagnostics.Metrics;
using Names = ChatModels.Telemetry.TelemetryNames.Calls;

namespace ChatModels.Telemetry;

/// <summary>The instruments of models that are called in process: one duration for each call, and one count for each request in it. A batch is one call of many requests.</summary>
internal static class CallMetrics
{
    private static readonly Meter Meter = new(TelemetryNames.Source);

    private static readonly Histogram<double> Durations = Meter.CreateHistogram(
        Names.Duration, "s", "Duration of a call of a model in process: one answer, one stream to its end, or one batch.", tags: null, ChatMetrics.Durations);

    private static readonly Counter<long> Requests = Meter.CreateCounter<long>(Names.Requests, "{request}", "Requests in calls of a model in process, by outcome.");

    /// <summary>Whether anybody listens; else calls are not even looked at.</summary>
    public static bool Enabled => Durations.Enabled || Requests.Enabled;

    public static void Called(string kind, string model, TimeSpan took, string? error) => Durations.Record(took.TotalSeconds, Tags(kind, model, error));

    public static void Requested(string kind, string model, string? error) => Requests.Add(1, Tags(kind, model, error));

    private static TagList Tags(string kind, string model, string? error)
    {
        TagList tags = new() { { Names.Kind, kind }, { TelemetryNames.GenAI.RequestModel, model } };
        if (error is not null)
        {
            tags.Add(TelemetryNames.General.ErrorType, error);
        }

        return tags;
    }
}
