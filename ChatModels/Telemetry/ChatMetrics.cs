using System.Diagnostics.Metrics;

namespace ChatModels.Telemetry;

/// <summary>The instruments of the chat path. Recording costs nothing while nobody listens.</summary>
internal static class ChatMetrics
{
    /// <summary>The convention's buckets for whatever a model takes its time for.</summary>
    internal static readonly InstrumentAdvice<double> Durations = new()
    {
        HistogramBucketBoundaries = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92],
    };

    private static readonly Meter Meter = new(TelemetryNames.Source);

    private static readonly InstrumentAdvice<double> FirstTokens = new()
    {
        HistogramBucketBoundaries = [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0],
    };

    private static readonly InstrumentAdvice<double> NextTokens = new()
    {
        HistogramBucketBoundaries = [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5],
    };

    private static readonly InstrumentAdvice<long> Tokens = new()
    {
        HistogramBucketBoundaries = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864],
    };

    public static Histogram<double> ClientDuration { get; } = Meter.CreateHistogram(
        TelemetryNames.GenAIMetrics.ClientDuration, "s", "Duration of one attempt at a provider.", tags: null, Durations);

    public static Histogram<double> ClientFirstChunk { get; } = Meter.CreateHistogram(
        TelemetryNames.GenAIMetrics.ClientFirstChunk, "s", "Time from the start of an attempt to the first chunk of its stream.", tags: null, Durations);

    public static Histogram<double> ClientNextChunk { get; } = Meter.CreateHistogram(
        TelemetryNames.GenAIMetrics.ClientNextChunk, "s", "Time from one chunk of an attempt's stream to the next.", tags: null, Durations);

    public static Histogram<long> ClientTokens { get; } = Meter.CreateHistogram(
        TelemetryNames.GenAIMetrics.ClientTokens, "{token}", "Tokens that an attempt used, as the provider reports them.", tags: null, Tokens);

    public static Histogram<double> ServerDuration { get; } = Meter.CreateHistogram(
        TelemetryNames.GenAIMetrics.ServerDuration, "s", "Duration of a request, all attempts included.", tags: null, Durations);

    public static Histogram<double> ServerFirstToken { get; } = Meter.CreateHistogram(
        TelemetryNames.GenAIMetrics.ServerFirstToken, "s", "Time from a request to the first content of its stream.", tags: null, FirstTokens);

    public static Histogram<double> ServerNextToken { get; } = Meter.CreateHistogram(
        TelemetryNames.GenAIMetrics.ServerNextToken, "s", "Time for each token after the first content of a stream that ended well.", tags: null, NextTokens);

    /// <summary>Prices are in whatever currency the operator keeps them in: one for the whole registry.</summary>
    public static Counter<double> Cost { get; } = Meter.CreateCounter<double>(
        TelemetryNames.OwnMetrics.Cost, "{currency}", "What requests cost by their models' prices, where prices and usage are known.");

    public static Counter<long> DeploymentChanges { get; } = Meter.CreateCounter<long>(
        TelemetryNames.OwnMetrics.DeploymentChanges, "{change}", "Deployments that began to cool down, or came back.");

    /// <summary>Whether anybody listens to what requests and attempts tell.</summary>
    public static bool Enabled =>
        ServerDuration.Enabled || ClientDuration.Enabled || ClientTokens.Enabled || ClientFirstChunk.Enabled || ClientNextChunk.Enabled
        || ServerFirstToken.Enabled || ServerNextToken.Enabled || Cost.Enabled;

    /// <summary>The tokens of one attempt, as far as they are known.</summary>
    public static void Record(long? input, long? output, AttemptTags tags)
    {
        if (input is { } read)
        {
            ClientTokens.Record(read, tags.Input);
        }

        if (output is { } written)
        {
            ClientTokens.Record(written, tags.Output);
        }
    }
}
