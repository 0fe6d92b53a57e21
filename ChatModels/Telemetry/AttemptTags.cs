namespace ChatModels.Telemetry;

/// <summary>What metrics say of the attempts at one deployment: made once for all of them, and never changed.</summary>
internal sealed class AttemptTags
{
    private readonly KeyValuePair<string, object?>[] _all;
    private readonly KeyValuePair<string, object?>[] _request;
    private readonly KeyValuePair<string, object?>[] _input;
    private readonly KeyValuePair<string, object?>[] _output;

    public AttemptTags(string operation, in AttemptTarget target)
    {
        Operation = operation;
        _all =
        [
            new(TelemetryNames.GenAI.OperationName, operation),
            new(TelemetryNames.GenAI.ProviderName, target.ProviderName),
            new(TelemetryNames.GenAI.RequestModel, target.MetricModel),
            new(TelemetryNames.Own.Provider, target.MetricProvider),
        ];
        _request = _all[..^1];
        _input = [.. _all, new(TelemetryNames.GenAI.TokenType, TelemetryNames.GenAI.Input)];
        _output = [.. _all, new(TelemetryNames.GenAI.TokenType, TelemetryNames.GenAI.Output)];
    }

    public string Operation { get; }

    /// <summary>What metrics say of the request that an attempt answers, where the model that was asked for is the one that is served.</summary>
    public ReadOnlySpan<KeyValuePair<string, object?>> Request => _request;

    public ReadOnlySpan<KeyValuePair<string, object?>> Input => _input;

    public ReadOnlySpan<KeyValuePair<string, object?>> Output => _output;

    public ReadOnlySpan<KeyValuePair<string, object?>> With(string? error = null) => error is null ? _all : [.. _all, new(TelemetryNames.General.ErrorType, error)];
}
