using System.Text;
using ChatModels.Chat;
using ChatModels.Providers;
using ChatModels.Telemetry;
using ChatModels.Testing;
using ChatModels.Tests.Chat;
using Xunit;
using UpstreamReply = ChatModels.Testing.UpstreamReply;

namespace ChatModels.Tests.Telemetry;

/// <summary>What was said is on the attempt's span where the conventions' variable asks for it, in the form of their schemas, and nowhere else. That it is not there otherwise: ChatTelemetryTests.</summary>
public sealed class ContentCaptureTests
{
    private const string Question = """{"model":"m","messages":[{"role":"system","content":"Be kind."},{"role":"user","content":"Hi"}]""";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task OpenAIsFormat_WholeAndStreamed(bool stream)
    {
        await using var upstream = await FakeUpstream.StartAsync(UpstreamReply.Auto("Good day"), Ct);
        await using var host = await HostAsync(upstream.Endpoint, "openai");

        var told = await TellAsync(host, UpstreamOperation.ChatCompletions, Question, stream);

        Assert.Equal(
            [
                """gen_ai.input.messages = [{"role":"system","parts":[{"type":"text","content":"Be kind."}]},{"role":"user","parts":[{"type":"text","content":"Hi"}]}]""",
                """gen_ai.output.messages = [{"role":"assistant","parts":[{"type":"text","content":"Good day"}],"finish_reason":"stop"}]""",
            ],
            told);
    }

    [Theory]
    [InlineData("anthropic", false)]
    [InlineData("anthropic", true)]
    [InlineData("openai", false)]
    [InlineData("openai", true)]
    public async Task AnthropicsFormat_PassedThroughAndTranslated(string type, bool stream)
    {
        await using var upstream = await FakeUpstream.StartAsync(type == "openai" ? UpstreamReply.Auto("Good day") : AnthropicUpstream.Auto("Good day"), Ct);
        await using var host = await HostAsync(type == "openai" ? upstream.Endpoint : upstream.Root, type);

        var told = await TellAsync(
            host, UpstreamOperation.Messages, """{"model":"m","max_tokens":9,"system":[{"type":"text","text":"Be kind."}],"messages":[{"role":"user","content":[{"type":"text","text":"Hi"}]}]""", stream);

        Assert.Equal(
            [
                """gen_ai.input.messages = [{"role":"user","parts":[{"type":"text","content":"Hi"}]}]""",
                """gen_ai.output.messages = [{"role":"assistant","parts":[{"type":"text","content":"Good day"}],"finish_reason":"stop"}]""",
                """gen_ai.system_instructions = [{"type":"text","content":"Be kind."}]""",
            ],
            told);
    }

    [Fact]
    public async Task AStreamThatWasCut_ShowsWhatHadCome_AndThatItIsNotAll()
    {
        await using var upstream = await FakeUpstream.StartAsync(UpstreamStreaming.Of(new UpstreamStreamScript { Chunks = ["Good", " d"], End = StreamEnd.Cut }), Ct);
        await using var host = await HostAsync(upstream.Endpoint, "openai");

        var told = await TellAsync(host, UpstreamOperation.ChatCompletions, Question, stream: true);

        Assert.Equal("""gen_ai.output.messages = [{"role":"assistant","parts":[{"type":"text","content":"Good d"}],"finish_reason":"error"}]""", told[^1]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(200)]
    [InlineData(2_000)]
    public async Task NoAttribute_IsMuchLongerThanAllowed_AndWhatIsCutSaysSo(int most)
    {
        var text = string.Concat(Enumerable.Repeat("\U0001F600 word ", 1_000));
        var many = string.Join(',', Enumerable.Repeat("""{"role":"user","content":"a"}""", 1_000));
        await using var upstream = await FakeUpstream.StartAsync(UpstreamReply.Auto(text), Ct);
        await using var host = await HostAsync(upstream.Endpoint, "openai", ("ChatModels:Telemetry:MaxContentLength", $"{most}"));

        foreach (var body in (string[])[$$"""{"model":"m","messages":[{"role":"user","content":"{{text}}"}]""", $$"""{"model":"m","messages":[{{many}}]"""])
        {
            var told = await TellAsync(host, UpstreamOperation.ChatCompletions, body, stream: true);

            // An emoji is two characters and takes twelve in JSON: with every eighth one such, a text of the bound's length grows by so much.
            Assert.Equal(2, told.Count);
            Assert.All(told, line => Assert.InRange(line.Length, 1, (most * 2.5) + 250));
            Assert.All(told, line => Assert.Contains("truncated", line, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task NoSecret_IsAmongIt_AndARefusalSaysNothing()
    {
        await using var upstream = await FakeUpstream.StartAsync(UpstreamReply.Error(400), Ct);
        await using var host = await HostAsync(upstream.Endpoint, "openai");
        using var telemetry = new TelemetryCollector("ChatModels");
        var call = new ChatCall(UpstreamOperation.ChatCompletions, Encoding.UTF8.GetBytes(Question + "}")) { Headers = [new("anthropic-beta", "secret-header")] };

        await using (var reply = await host.Pipeline.SendAsync(call, ChatSendOptions.Default, Ct))
        {
            Assert.NotNull(reply.Failure);
        }

        var all = SpanText.Of(telemetry);
        Assert.Contains("gen_ai.input.messages", all, StringComparison.Ordinal);
        Assert.DoesNotContain("gen_ai.output.messages", all, StringComparison.Ordinal);
        Assert.DoesNotContain(ChatHost.Key, all, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-header", all, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnEmbedding_HasNoMessages()
    {
        await using var upstream = await FakeUpstream.StartAsync(cancellationToken: Ct);
        upstream.OnOther = (context, _) => UpstreamReply.Json("""{"data":[{"embedding":[1]}],"model":"e","usage":{"prompt_tokens":2}}""")(context, null!);
        await using var host = await HostAsync(upstream.Endpoint, "openai");

        Assert.Empty(await TellAsync(host, UpstreamOperation.Embeddings, """{"model":"m","input":"secret" """, stream: false));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1000001")]
    public async Task ABoundThatIsNone_StopsTheStart(string most)
    {
        var thrown = await Assert.ThrowsAnyAsync<Exception>(() => ChatHost.StartAsync(("ChatModels:Telemetry:MaxContentLength", most)));

        Assert.Contains($"ChatModels:Telemetry:MaxContentLength is {most}; give a number from 1 to 1000000.", thrown.Message, StringComparison.Ordinal);
    }

    /// <summary>The spans' content, in the order of the names: no span but the attempt's may have any.</summary>
    private static async Task<IReadOnlyList<string>> TellAsync(ChatHost host, UpstreamOperation operation, string body, bool stream)
    {
        using var telemetry = new TelemetryCollector("ChatModels");
        var call = new ChatCall(operation, Encoding.UTF8.GetBytes($"{body}{(stream ? ",\"stream\":true" : "")}}}"));
        await using (var reply = await host.Pipeline.SendAsync(call, ChatSendOptions.Default, Ct))
        {
            Assert.Null(reply.Failure);
            while (await reply.ReadAsync(Ct) is { IsEmpty: false })
            {
            }
        }

        string[] names = ["gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.system_instructions"];
        Assert.DoesNotContain(telemetry.Finished.Where(span => span.DisplayName is "chat m" or "provider creation").SelectMany(span => span.TagObjects), tag => names.Contains(tag.Key));
        return [.. telemetry.TheOnly(operation == UpstreamOperation.Embeddings ? "embeddings p-model" : "chat p-model").TagObjects
            .Where(tag => names.Contains(tag.Key)).OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => $"{tag.Key} = {tag.Value}")];
    }

    private static async Task<ChatHost> HostAsync(Uri endpoint, string type, params (string Key, string Value)[] settings)
    {
        var host = await ChatHost.StartAsync([(ContentOptions.Variable, "true"), .. settings]);
        await host.AddProviderAsync("p", endpoint, config => config with { Type = type });
        await host.AddModelAsync("m", "p");
        return host;
    }
}
