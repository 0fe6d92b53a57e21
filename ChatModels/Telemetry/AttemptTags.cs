namespace ChatModels.Telemetry;

/// <summary>What metrics say of the attempts at one deployment: made once for all of them, and never changed.</summary>
internal sealed class AttemptTags
{
    private readonly KeyValuePair<string, object?>[] _all;
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
        _input = [.. _all, new(TelemetryNames.GenAI.TokenType, TelemetryNames.GenAI.Input)];
        _output = [.. _all, new(TelemetryNames.GenAI.TokenType, TelemetryNames.GenAI.Output)];
    }

    public string Operation { get; }

    public ReadOnlySpan<KeyValuePair<string, object?>> Input => _input;

    public ReadOnlySpan<KeyValuePair<string, object?>> Output => _output;

    public ReadOnlySpan<KeyValuePair<string, object?>> With(string? error = null) => error is null ? _all : [.. _all, new(TelemetryNames.General.ErrorType, error)];
}
