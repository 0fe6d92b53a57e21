using System.Text.Json;
using ChatModels.Testing;
using ChatModels.Tests.Chat;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatModels.Tests.Providers.InProcess;

/// <summary>A chat client behind the wire, as a caller over HTTP meets it.</summary>
public sealed class ChatClientWireTests
{
    private const string Everything = """
        {"model":"m","temperature":0.5,"top_p":0.25,"max_tokens":9,"seed":7,"stop":["a","b"],"parallel_tool_calls":false,"tool_choice":"required","x_new":{"a":1},
         "response_format":{"type":"json_object"},"tools":[{"type":"function","function":{"name":"weather","description":"d","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}}],
         "messages":[{"role":"system","content":"Be brief."},{"role":"user","content":[{"type":"text","text":"Hi"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]},
                     {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Ghent\"}"}}]},
                     {"role":"tool","tool_call_id":"c1","content":"rain"}]}
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ARequest_ReachesTheClientAsObjects()
    {
        var client = new FakeChatClient();
        await using var host = await ChatClientFixture.HostAsync(client);

        var (reply, _) = await host.AskAsync(Everything, Ct);

        Assert.Null(reply.Failure);
        var (messages, options) = (client.Calls[0].Messages, client.Calls[0].Options);
        Assert.Equal(["system", "user", "assistant", "tool"], messages.Select(message => message.Role.Value));
        Assert.Equal("image/png", messages[1].Contents.OfType<DataContent>().Single().MediaType);
        Assert.Equal("Ghent", messages[2].Contents.OfType<FunctionCallContent>().Single().Arguments!["city"]!.ToString());
        Assert.Equal("c1", messages[3].Contents.OfType<FunctionResultContent>().Single().CallId);
        Assert.Equal(("wrapped-model", 0.5f, 0.25f, 9, 7L, false), (options.ModelId, options.Temperature, options.TopP, options.MaxOutputTokens, options.Seed, options.AllowMultipleToolCalls));
        Assert.Equal(["a", "b"], options.StopSequences);
        Assert.Equal((ChatToolMode.RequireAny, ChatResponseFormat.Json), (options.ToolMode, options.ResponseFormat));
        Assert.Equal(("weather", "string"), (((AIFunctionDeclaration)options.Tools![0]).Name, ((AIFunctionDeclaration)options.Tools[0]).JsonSchema.GetProperty("properties").GetProperty("city").GetProperty("type").GetString()));
        Assert.Equal(1, ((JsonElement)options.AdditionalProperties!["x_new"]!).GetProperty("a").GetInt32());
    }

    [Fact]
    public async Task AnAnswer_IsWrittenWithTextToolCallsAndUsage()
    {
        var client = new FakeChatClient
        {
            OnAnswer = (_, _) => Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant,
                [new TextReasoningContent("hm"), new TextContent("é"), new FunctionCallContent("c1", "weather", new Dictionary<string, object?> { ["city"] = "Ghent" })]))
            {
                ResponseId = "r1",
                CreatedAt = DateTimeOffset.UnixEpoch.AddSeconds(5),
                Usage = new() { InputTokenCount = 3, OutputTokenCount = 4, CachedInputTokenCount = 1 },
            }),
        };
        await using var host = await ChatClientFixture.HostAsync(client);

        var (_, body) = await host.AskAsync(ChatHost.Ask("m"), Ct);

        Assert.True(JsonElement.DeepEquals(JsonElement.Parse("""
            {"id":"r1","object":"chat.completion","created":5,"model":"wrapped-model","choices":[{"index":0,"message":{"role":"assistant","content":"é","refusal":null,"reasoning_content":"hm",
              "tool_calls":[{"id":"c1","type":"function","function":{"name":"weather","arguments":"{\n  \"city\": \"Ghent\"\n}"}}]},"logprobs":null,"finish_reason":"tool_calls"}],
             "usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7,"prompt_tokens_details":{"cached_tokens":1}}}
            """), JsonElement.Parse(body)), body);
    }

    [Fact]
    public async Task UnknownUsage_IsAbsent_NotZero()
    {
        await using var host = await ChatClientFixture.HostAsync(new FakeChatClient());

        var (_, body) = await host.AskAsync(ChatHost.Ask("m"), Ct);

        Assert.DoesNotContain("usage", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AStream_HasOneFinishReason_ToolCallsByIndex_AndADone()
    {
        var client = new FakeChatClient
        {
            OnStream = (_, _) => FakeChatClient.Updates(
                new ChatResponseUpdate(ChatRole.Assistant, "Hel"), new ChatResponseUpdate(ChatRole.Assistant, "lo"),
                new ChatResponseUpdate(ChatRole.Assistant, [new FunctionCallContent("c1", "f"), new FunctionCallContent("c2", "g")]),
                new ChatResponseUpdate(ChatRole.Assistant, [new UsageContent(new() { InputTokenCount = 1, OutputTokenCount = 2 })])),
        };
        await using var host = await ChatClientFixture.HostAsync(client);

        var (reply, body) = await host.AskAsync(ChatHost.Ask("m", stream: true)[..^1] + ",\"stream_options\":{\"include_usage\":true}}", Ct);

        Assert.Null(reply.BrokenOff);
        var chunks = body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries)[..^1].Select(frame => JsonElement.Parse(frame["data: ".Length..])).ToList();
        Assert.Equal([0, 1], chunks.SelectMany(Deltas).Where(delta => delta.TryGetProperty("tool_calls", out _)).Select(delta => delta.GetProperty("tool_calls")[0].GetProperty("index").GetInt32()));
        Assert.Equal("Hello", string.Concat(chunks.SelectMany(Deltas).Select(delta => delta.TryGetProperty("content", out var content) ? content.GetString() : "")));
        Assert.Equal(["tool_calls"], chunks.SelectMany(chunk => chunk.GetProperty("choices").EnumerateArray()).Select(choice => choice.GetProperty("finish_reason").GetString()).OfType<string>());
        Assert.Equal(3, chunks[^1].GetProperty("usage").GetProperty("total_tokens").GetInt32());
        Assert.EndsWith("data: [DONE]\n\n", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"role":"bogus","content":"x"}""", "messages[0]")]
    [InlineData("""{"role":"tool","content":"x"}""", "messages[0]")]
    [InlineData("7", "messages[0]")]
    public async Task AMessageThatNobodyUnderstands_IsTheCallersMistake(string message, string param)
    {
        var client = new FakeChatClient();
        await using var host = await ChatClientFixture.HostAsync(client);

        var (reply, body) = await host.AskAsync($$"""{"model":"m","messages":[{{message}}]}""", Ct);

        Assert.Equal((400, param), (reply.Failure!.Status, JsonElement.Parse(body).GetProperty("error").GetProperty("param").GetString()));
        Assert.Empty(client.Calls);
    }

    [Theory]
    [InlineData("\"n\":2", "n")]
    [InlineData("\"temperature\":\"hot\"", "temperature")]
    [InlineData("\"tool_choice\":7", "tool_choice")]
    [InlineData("\"stop\":[1]", "stop")]
    [InlineData("\"response_format\":{}", "response_format")]
    [InlineData("\"tools\":[{\"type\":\"other\"}]", "tools[0]")]
    public async Task AFieldThatNobodyUnderstands_IsNamed(string field, string param)
    {
        await using var host = await ChatClientFixture.HostAsync(new FakeChatClient());

        var (reply, body) = await host.AskAsync($$"""{"model":"m","messages":[],{{field}}}""", Ct);

        Assert.Equal((400, param), (reply.Failure!.Status, JsonElement.Parse(body).GetProperty("error").GetProperty("param").GetString()));
    }

    [Fact]
    public async Task AKeyedService_IsFoundByItsName()
    {
        await using var host = await ChatHost.StartAsync(_ => { }, builder => builder.Services.AddKeyedSingleton<IChatClient>("keyed", new FakeChatClient()));
        await host.AddChatClientAsync("wrapped", "keyed");
        await host.AddModelAsync("m", "wrapped");

        var (_, body) = await host.AskAsync(ChatHost.Ask("m"), Ct);

        Assert.Contains("Hello from a client.", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ANameThatThisProcessDoesNotHave_SaysHowToAddIt()
    {
        await using var host = await ChatHost.StartAsync();
        await host.AddChatClientAsync("wrapped", "nobody");
        await host.AddModelAsync("m", "wrapped");

        var (reply, body) = await host.AskAsync(ChatHost.Ask("m"), Ct);

        Assert.Equal(503, reply.Failure!.Status);
        Assert.Contains("options.ChatClients[\\\"nobody\\\"]", body, StringComparison.Ordinal);
    }

    private static IEnumerable<JsonElement> Deltas(JsonElement chunk) => chunk.GetProperty("choices").EnumerateArray().Select(choice => choice.GetProperty("delta"));
}
