using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ChatModels.Providers.Simulator;

/// <summary>OpenAI's <c>chat.completion</c> and error objects, as OpenAI writes them.</summary>
internal static class SimulatorJson
{
    /// <summary>Text beyond ASCII stays as it is, as vendors send it.</summary>
    public static JsonWriterOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static void WriteCompletion(IBufferWriter<byte> output, SimulatedAnswer answer)
    {
        using var json = new Utf8JsonWriter(output, Options);
        json.WriteStartObject();
        WriteHead(json, answer, "chat.completion"u8);
        json.WriteStartArray("choices"u8);
        for (var index = 0; index < answer.Choices; index++)
        {
            WriteChoice(json, answer, index);
        }

        json.WriteEndArray();
        WriteUsage(json, answer);
        json.WriteEndObject();
    }

    public static void WriteError(IBufferWriter<byte> output, int status, string message, string? param)
    {
        var (type, code) = status switch
        {
            401 => ("invalid_request_error", "invalid_api_key"),
            404 => ("invalid_request_error", "model_not_found"),
            429 => ("requests", "rate_limit_exceeded"),
            >= 500 => ("server_error", null),
            _ => ("invalid_request_error", (string?)null),
        };
        using var json = new Utf8JsonWriter(output, Options);
        json.WriteStartObject();
        json.WriteStartObject("error"u8);
        json.WriteString("message"u8, message);
        json.WriteString("type"u8, type);
        json.WriteString("param"u8, param);
        json.WriteString("code"u8, code);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    public static void WriteHead(Utf8JsonWriter json, SimulatedAnswer answer, ReadOnlySpan<byte> type)
    {
        json.WriteString("id"u8, answer.Id);
        json.WriteString("object"u8, type);
        json.WriteNumber("created"u8, answer.Created);
        json.WriteString("model"u8, answer.Model);
    }

    public static void WriteUsage(Utf8JsonWriter json, SimulatedAnswer answer)
    {
        json.WriteStartObject("usage"u8);
        json.WriteNumber("prompt_tokens"u8, answer.PromptTokens);
        json.WriteNumber("completion_tokens"u8, answer.CompletionTokens);
        json.WriteNumber("total_tokens"u8, answer.PromptTokens + answer.CompletionTokens);
        json.WriteEndObject();
    }

    /// <summary>A tool call's beginning, up to its arguments.</summary>
    public static void WriteToolCall(Utf8JsonWriter json, SimulatedAnswer answer, int choice, string arguments)
    {
        json.WriteString("id"u8, choice == 0 ? $"call_{answer.Key}" : $"call_{answer.Key}{choice}");
        json.WriteString("type"u8, "function"u8);
        json.WriteStartObject("function"u8);
        json.WriteString("name"u8, answer.Tool);
        json.WriteString("arguments"u8, arguments);
        json.WriteEndObject();
    }

    private static void WriteChoice(Utf8JsonWriter json, SimulatedAnswer answer, int index)
    {
        json.WriteStartObject();
        json.WriteNumber("index"u8, index);
        json.WriteStartObject("message"u8);
        json.WriteString("role"u8, "assistant"u8);
        json.WriteString("content"u8, answer.Tool is null ? answer.Text : null);
        json.WriteNull("refusal"u8);
        if (answer.Tool is not null)
        {
            json.WriteStartArray("tool_calls"u8);
            json.WriteStartObject();
            WriteToolCall(json, answer, index, answer.Text);
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.WriteNull("logprobs"u8);
        json.WriteString("finish_reason"u8, answer.FinishReason);
        json.WriteEndObject();
    }
}
