using System.Text;
using ChatModels.Registry;
using ChatModels.Testing;
using Xunit;

namespace ChatModels.Tests.Chat;

/// <summary>All that OpenAI's protocol has, and what vendors add to it, goes through as it came; only the model's name is exchanged. Fields after https://platform.openai.com/docs/api-reference/chat.</summary>
public sealed class PassThroughTests
{
    private const string Request = """
        {"model": "m",
         "messages": [{"role":"developer","content":"d"},{"role":"user","name":"u","content":[{"type":"text","text":"a\n\u00e9"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AA==","detail":"low"}},
           {"type":"input_audio","input_audio":{"data":"AA==","format":"wav"}},{"type":"file","file":{"file_id":"file-1"}}]},
           {"role":"assistant","content":null,"refusal":null,"reasoning_content":"r","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}},{"id":"b","type":"custom","custom":{"name":"g","input":"x"}}]},
           {"role":"tool","tool_call_id":"a","content":"1"},{"role":"tool","tool_call_id":"b","content":[{"type":"text","text":"2"}]}],
         "n": 2, "logprobs": true, "top_logprobs": 5, "seed": 7, "stop": ["x"], "logit_bias": {"1": -1.50}, "temperature": 1e0, "parallel_tool_calls": true, "tool_choice": {"type":"function","function":{"name":"f"}},
         "tools": [{"type":"function","function":{"name":"f","strict":true,"parameters":{"type":"object","properties":{"model":{"type":"string"}}}}},{"type":"custom","custom":{"name":"g"}}],
         "response_format": {"type":"json_schema","json_schema":{"name":"s","strict":true,"schema":{"type":"object"}}}, "reasoning_effort": "high", "verbosity": "low", "modalities": ["text","audio"],
         "audio": {"voice":"alloy","format":"wav"}, "prediction": {"type":"content","content":"p"}, "web_search_options": {}, "metadata": {"k":"v"}, "store": false, "service_tier": "flex", "user": "u", "safety_identifier": "s",
         "prompt_cache_key": "c", "max_completion_tokens": 10, "x_vendor": [null, 1.0]
        """;

    private const string Answer = """
        {"id":"c1","object":"chat.completion","created":1,"model":"up","service_tier":"flex","system_fingerprint":"f","x_vendor":{"a":[1.50]},
         "choices":[{"index":0,"logprobs":{"content":[{"token":"H","logprob":-0.0,"bytes":[72],"top_logprobs":[]}],"refusal":null},"finish_reason":"tool_calls",
           "message":{"role":"assistant","content":null,"refusal":null,"reasoning_content":"Hm.","annotations":[],"audio":{"id":"x","data":"AA==","transcript":"t","expires_at":1},
             "tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\":1}"}},{"id":"b","type":"function","function":{"name":"g","arguments":""}}]}},
          {"index":1,"logprobs":null,"finish_reason":"content_filter","message":{"role":"assistant","content":"\ud83d\ude00 é","refusal":"No."}}],
         "usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3,"completion_tokens_details":{"reasoning_tokens":1,"accepted_prediction_tokens":0}}}
        """;

    private static readonly string Stream = string.Concat(new[]
    {
        """{"id":"c","choices":[{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null},{"index":1,"delta":{"role":"assistant"},"finish_reason":null}],"usage":null}""",
        """{"id":"c","choices":[{"index":1,"delta":{"reasoning_content":"Hm"},"finish_reason":null}],"x_vendor":1}""",
        """{"id":"c","choices":[{"index":0,"delta":{"content":"H\u00e9"},"logprobs":{"content":[{"token":"H","logprob":-1.50,"bytes":null,"top_logprobs":[]}]},"finish_reason":null}]}""",
        """{"id":"c","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":""}},{"index":1,"id":"b","type":"function","function":{"name":"g","arguments":"{"}}]},"finish_reason":null}]}""",
        """{"id":"c","choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"function":{"arguments":"}"}},{"index":0,"function":{"arguments":"{}"}}]},"finish_reason":null}]}""",
        """{"id":"c","choices":[{"index":1,"delta":{"refusal":"No."},"finish_reason":null}]}""",
        """{"id":"c","choices":[{"index":1,"delta":{},"finish_reason":"content_filter"}]}""",
        """{"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}""",
        """{"id":"c","choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}""",
        "[DONE]",
    }.Select(data => $"data: {data}\n\n"));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AWholeAnswer_AndItsRequest_AreUntouched()
    {
        await using var upstream = await FakeUpstream.StartAsync(UpstreamReply.Json(Answer), Ct);
        await using var host = await HostAsync(upstream);

        var (reply, body) = await host.AskAsync(Request + "}", Ct);

        Assert.Null(reply.Failure);
        Assert.Equal(Answer, body);
        Assert.Equal(Request.Replace("\"m\"", "\"p-model\"", StringComparison.Ordinal) + "}", Encoding.UTF8.GetString(upstream.Requests[0].Body));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(37)]
    [InlineData(100_000)]
    public async Task AStream_AndItsRequest_AreUntouched(int pieces)
    {
        const string Streaming = ",\"stream\":true,\"stream_options\":{\"include_usage\":true,\"include_obfuscation\":false}}";
        await using var upstream = await FakeUpstream.StartAsync(UpstreamStreaming.Raw([.. Encoding.UTF8.GetBytes(Stream).Chunk(pieces)]), Ct);
        await using var host = await HostAsync(upstream);

        var (reply, body) = await host.AskAsync(Request + Streaming, Ct);

        Assert.Null(reply.BrokenOff);
        Assert.Equal(Stream, body);
        Assert.Equal(Request.Replace("\"m\"", "\"p-model\"", StringComparison.Ordinal) + Streaming, Encoding.UTF8.GetString(upstream.Requests[0].Body));
    }

    [Fact]
    public async Task AnAlias_IsTheModelThatItStandsFor()
    {
        await using var upstream = await FakeUpstream.StartAsync(UpstreamReply.Json(Answer), Ct);
        await using var host = await HostAsync(upstream);

        var (reply, _) = await host.AskAsync(ChatHost.Ask("default"), Ct);

        Assert.Equal((null, "p/p-model"), (reply.Failure, reply.Route.Deployment));
        Assert.Equal("p-model", upstream.Requests[0].Json.GetProperty("model").GetString());
    }

    private static async Task<ChatHost> HostAsync(FakeUpstream upstream)
    {
        var host = await ChatHost.StartAsync();
        await host.AddProviderAsync("p", upstream.Endpoint);
        await host.AddModelAsync("m", new ModelConfig { Deployments = [new() { Provider = "p", Model = "p-model" }], Aliases = ["default"], Capabilities = ModelCapabilities.All });
        return host;
    }
}
