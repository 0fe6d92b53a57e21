using ChatModels.Providers;
using ChatModels.Telemetry;

namespace ChatModels.Chat;

/// <summary>The value of <c>gen_ai.operation.name</c>: the same for a chat in whichever wire format.</summary>
internal static class OperationNames
{
    public static string Of(UpstreamOperation operation) => operation is UpstreamOperation.Embeddings ? TelemetryNames.GenAI.Embeddings : TelemetryNames.GenAI.Chat;
}
