using System.Text.Json;
using ChatModels.Providers;

namespace ChatModels.Chat.Content;

/// <summary>What a request says to the model, as spans show it where that was asked for: never anything but its messages and its system instructions.</summary>
internal sealed record RequestContent(string? Instructions, string? Messages)
{
    private static readonly JsonDocumentOptions Depth = new() { MaxDepth = JsonScanner.MaxDepth + 1 };

    /// <summary>Whether an operation has messages at all.</summary>
    public static bool IsIn(UpstreamOperation operation) => operation is UpstreamOperation.ChatCompletions or UpstreamOperation.Messages;

    public static RequestContent Read(ChatRequest request, int maxLength)
    {
        try
        {
            using var json = JsonDocument.Parse(request.Body, Depth);

            // OpenAI's system messages are part of the history, and stay there, as the conventions say.
            var system = request.Operation == UpstreamOperation.Messages ? json.RootElement.Get("system") : default;
            return new RequestContent(
                system.ValueKind is JsonValueKind.String or JsonValueKind.Array ? Written(maxLength, to => ContentParts.Write(system, to)) : null,
                Written(maxLength, to => Write(json.RootElement.Get("messages"), to)));
        }
        catch (Exception e) when (LooseJson.IsUnreadable(e))
        {
            return new RequestContent(null, null); // What can't be read can't be shown.
        }
    }

    private static string Written(int maxLength, Action<ContentWriter> write)
    {
        using var writer = new ContentWriter(maxLength);
        writer.Start();
        write(writer);
        return writer.End();
    }

    private static void Write(JsonElement messages, ContentWriter to)
    {
        var left = messages.Items().Count();
        foreach (var message in messages.Items())
        {
            to.StartMessage(message.Text("role") ?? "");
            WriteParts(message, to);
            if (--left > 0 && !to.HasRoom)
            {
                to.LeftOut();
                to.EndMessage();
                return;
            }

            to.EndMessage();
        }
    }

    private static void WriteParts(JsonElement message, ContentWriter to)
    {
        if (message.Text("role") == "tool")
        {
            to.ToolResponse(message.Text("tool_call_id"), ContentParts.TextOf(message.Get("content")));
            return;
        }

        if (message.Text("reasoning_content") is { Length: > 0 } reasoning)
        {
            to.Reasoning(reasoning);
        }

        ContentParts.Write(message.Get("content"), to);
        foreach (var call in message.Get("tool_calls").Items().TakeWhile(_ => to.HasRoom))
        {
            to.ToolCall(call.Text("id"), call.Get("function").Text("name") ?? "", call.Get("function").Text("arguments") ?? "");
        }
    }
}
