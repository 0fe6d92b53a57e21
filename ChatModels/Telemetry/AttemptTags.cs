namespace ChatModels.Telemetry;

/// <summary>What metrics say of the attempts at one deployment: made once for all of them, and never changed.</summary>
internal sealed class AttemptTags
{
    public AttemptTags(string operation, in AttemptTarget target)
    {
        Operation = operation;
        Attempt =
        [
            new(TelemetryNames.GenAI.OperationName, operation),
            new(TelemetryNames.GenAI.ProviderName, target.ProviderName),
            new(TelemetryNames.GenAI.RequestModel, target.MetricModel),
            new(TelemetryNames.Own.Provider, target.MetricProvider),
        ];
        Request = Attempt[..^1];
        Input = [.. Attempt, new(TelemetryNames.GenAI.TokenType, TelemetryNames.GenAI.Input)];
        Output = [.. Attempt, new(TelemetryNames.GenAI.TokenType, TelemetryNames.GenAI.Output)];
    }

    public string Operation { get; }

    /// <summary>What metrics say of an attempt that was answered.</summary>
    public KeyValuePair<string, object?>[] Attempt { get; }

    /// <summary>What metrics say of the request that an attempt answers, where the model that was asked for is the one that is served.</summary>
    public KeyValuePair<string, object?>[] Request { get; }

    public KeyValuePair<string, object?>[] Input { get; }

    public KeyValuePair<string, object?>[] Output { get; }

    public KeyValuePair<string, object?>[] With(string? error) => error is null ? Attempt : [.. Attempt, new(TelemetryNames.General.ErrorType, error)];
}
