using ChatModels.Providers;
using ChatModels.Telemetry;

namespace ChatModels.Chat;

/// <summary>The value of <c>gen_ai.operation.name</c>: the same for a chat in whichever wire format. The conventions have none for counting tokens.</summary>
internal static class OperationNames
{
    public static string Of(UpstreamOperation operation) => operation switch
    {
        UpstreamOperation.Embeddings => TelemetryNames.GenAI.Embeddings,
        UpstreamOperation.CountTokens => TelemetryNames.Own.CountTokens,
        _ => TelemetryNames.GenAI.Chat,
    };
}
