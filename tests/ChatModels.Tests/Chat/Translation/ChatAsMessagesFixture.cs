using System.Text.Json;
using System.Text.Json.Nodes;
using Anthropic.Models.Messages;
using ChatModels.Providers;
using ChatModels.Registry;
using Xunit;

namespace ChatModels.Tests.Chat.Translation;

/// <summary>OpenAI's requests, after https://platform.openai.com/docs/api-reference/chat/create, on their way to Anthropic.</summary>
internal static class ChatAsMessagesFixture
{
    public const string Hi = """{"role":"user","content":"Hi"}""";

    public const string Weather = """{"type":"function","function":{"name":"weather","description":"Tells it.","parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}}""";

    public static ProviderConfig Provider(string? options) => new()
    {
        Type = "anthropic",
        Options = options is null ? [] : JsonElement.Parse(options).EnumerateObject().ToDictionary(option => option.Name, option => option.Value),
    };

    public static JsonNode Saying(string messages) => Translate($$"""{"model":"m","messages":[{{messages}}]}""");

    public static JsonNode Translate(string request, string? options = null, int? maxOutputTokens = null)
    {
        var (body, failure) = Translations.Request(UpstreamOperation.ChatCompletions, UpstreamOperation.Messages, request, Provider(options), maxOutputTokens);
        Assert.Null(failure);
        return body!;
    }

    public static void AssertJson(string expected, JsonNode? actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual), $"Expected {expected}{Environment.NewLine}Actual   {actual?.ToJsonString()}");

    public static void AcceptedByOfficialTypes(JsonNode body)
    {
        var members = JsonElement.Parse(body.ToJsonString()).EnumerateObject().ToDictionary(member => member.Name, member => member.Value);
        var request = MessageCreateParams.FromRawUnchecked(new Dictionary<string, JsonElement>(), new Dictionary<string, JsonElement>(), members);
        foreach (var message in request.Messages)
        {
            message.Validate();
        }

        foreach (var tool in request.Tools ?? [])
        {
            tool.Validate();
        }

        request.ToolChoice?.Validate();
        request.Thinking?.Validate();
        request.OutputConfig?.Validate();
        Assert.True(request.MaxTokens > 0);
    }
}
