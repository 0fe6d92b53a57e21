using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace ChatModels.Providers.InProcess;

/// <summary>What whole answers and chunks have in common.</summary>
/// <remarks>Written here and not by the converters of Microsoft.Extensions.AI.OpenAI: those give every chunk a finish reason, every tool call the index 0, and report unknown usage as 0.</remarks>
internal static class WireJson
{
    public static JsonWriterOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void WriteHead(Utf8JsonWriter json, string type, string id, string model, DateTimeOffset created)
    {
        json.WriteString("id"u8, id);
        json.WriteString("object"u8, type);
        json.WriteNumber("created"u8, created.ToUnixTimeSeconds());
        json.WriteString("model"u8, model);
    }

    public static void WriteFunction(Utf8JsonWriter json, FunctionCallContent call)
    {
        json.WriteString("id"u8, call.CallId);
        json.WriteString("type"u8, "function"u8);
        json.WriteStartObject("function"u8);
        json.WriteString("name"u8, call.Name);
        json.WriteString("arguments"u8, call.Arguments is null
            ? "{}"
            : JsonSerializer.Serialize(call.Arguments, AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(IDictionary<string, object?>))));
        json.WriteEndObject();
    }

    /// <summary>Only what is known: an unknown count is no 0.</summary>
    public static void WriteUsage(Utf8JsonWriter json, UsageDetails usage)
    {
        json.WriteStartObject("usage"u8);
        WriteCount(json, "prompt_tokens", usage.InputTokenCount);
        WriteCount(json, "completion_tokens", usage.OutputTokenCount);
        WriteCount(json, "total_tokens", usage.TotalTokenCount ?? (usage.InputTokenCount + usage.OutputTokenCount));
        WriteDetail(json, "prompt_tokens_details", "cached_tokens", usage.CachedInputTokenCount);
        WriteDetail(json, "completion_tokens_details", "reasoning_tokens", usage.ReasoningTokenCount);
        json.WriteEndObject();
    }

    public static void WriteError(IBufferWriter<byte> output, int status, string message, string? param)
    {
        using var json = new Utf8JsonWriter(output, Options);
        json.WriteStartObject();
        json.WriteStartObject("error"u8);
        json.WriteString("message"u8, message);
        json.WriteString("type"u8, status < 500 ? "invalid_request_error" : "server_error");
        json.WriteString("param"u8, param);
        json.WriteNull("code"u8);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteCount(Utf8JsonWriter json, string name, long? count)
    {
        if (count is { } known)
        {
            json.WriteNumber(name, known);
        }
    }

    private static void WriteDetail(Utf8JsonWriter json, string name, string field, long? count)
    {
        if (count is { } known)
        {
            json.WriteStartObject(name);
            json.WriteNumber(field, known);
            json.WriteEndObject();
        }
    }
}
