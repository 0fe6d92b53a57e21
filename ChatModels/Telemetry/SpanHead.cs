namespace ChatModels.Telemetry;

/// <summary>What a span of the chat path begins with, and all that samplers see of it: made once for the many spans that begin alike, and never changed.</summary>
internal sealed class SpanHead
{
    private readonly string _operation;
    private readonly string _model;

    private SpanHead(string operation, string model, KeyValuePair<string, object?>[] tags) =>
        (_operation, _model, Name, Tags) = (operation, model, $"{operation} {model}", tags);

    public string Name { get; }

    public KeyValuePair<string, object?>[] Tags { get; }

    public bool Is(string operation, string model) => _operation == operation && _model == model;

    public static SpanHead OfRequest(string operation, string model) =>
        new(operation, model, [new(TelemetryNames.GenAI.OperationName, operation), new(TelemetryNames.GenAI.RequestModel, model)]);

    public static SpanHead OfAttempt(string operation, string model, in AttemptTarget target)
    {
        List<KeyValuePair<string, object?>> tags =
        [
            new(TelemetryNames.GenAI.OperationName, operation),
            new(TelemetryNames.GenAI.ProviderName, target.ProviderName),
            new(TelemetryNames.GenAI.RequestModel, model),
        ];
        if (target.Endpoint is { IsAbsoluteUri: true } endpoint)
        {
            tags.Add(new(TelemetryNames.General.ServerAddress, endpoint.Host));
            tags.Add(new(TelemetryNames.General.ServerPort, endpoint.Port));
        }

        return new(operation, model, [.. tags]);
    }
}
