using System.Text;
using ChatModels.Providers;
using Microsoft.Extensions.Time.Testing;
using OpenAI.Chat;
using Xunit;
using static ChatModels.Tests.Providers.Simulator.SimulatorFixture;

namespace ChatModels.Tests.Providers.Simulator;

public sealed class SimulatorAnswerTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Send_Chat_HasExactlyOpenAIsShape()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_767_225_600));
        await using var provider = await CreateAsync(time: clock);

        await using var reply = await provider.SendAsync(Saying("Hello, \"world\" é!"), Ct);
        var json = await ReadAsync(reply, Ct);

        var id = Completion(json).Id;
        Assert.Matches("^chatcmpl-[0-9a-f]{24}$", id);
        Assert.Equal(
            $$$"""{"id":"{{{id}}}","object":"chat.completion","created":1767225600,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hello, \"world\" é!","refusal":null},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":10,"completion_tokens":7,"total_tokens":17}}""",
            json);
        Assert.Equal((200, "application/json", (long?)Encoding.UTF8.GetByteCount(json)), (reply.Status, reply.ContentType, reply.ContentLength));
    }

    [Fact]
    public async Task Send_Chat_ReadsWithTheOfficialTypes()
    {
        await using var provider = await CreateAsync();

        var completion = Completion(await AskAsync(provider, Saying("How are you?", ""","n":2"""), Ct));

        Assert.Equal(("How are you?", ChatFinishReason.Stop, "m"), (completion.Content[0].Text, completion.FinishReason, completion.Model));
        Assert.Equal((7, 8, 15), (completion.Usage.InputTokenCount, completion.Usage.OutputTokenCount, completion.Usage.TotalTokenCount));
    }

    [Theory]
    [InlineData("max_tokens")]
    [InlineData("max_completion_tokens")]
    public async Task Send_TokenLimit_CutsTheAnswerAndSaysSo(string field)
    {
        await using var provider = await CreateAsync();

        var completion = Completion(await AskAsync(provider, Saying("one two three four", $",\"{field}\":3"), Ct));
        var exact = Completion(await AskAsync(provider, Saying("one two three", $",\"{field}\":3"), Ct));

        Assert.Equal(("one two three", ChatFinishReason.Length, 3), (completion.Content[0].Text, completion.FinishReason, completion.Usage.OutputTokenCount));
        Assert.Equal(ChatFinishReason.Stop, exact.FinishReason);
    }

    [Theory]
    [InlineData("echo")]
    [InlineData("lorem")]
    public async Task Send_SameBytesAndSeed_GiveTheSameBytes(string reply)
    {
        var clock = new FakeTimeProvider();
        await using var first = await CreateAsync($$"""{"reply":"{{reply}}","seed":7}""", clock);
        await using var second = await CreateAsync($$"""{"reply":"{{reply}}","seed":7}""", clock);
        await using var otherSeed = await CreateAsync($$"""{"reply":"{{reply}}","seed":8}""", clock);

        var answer = await AskAsync(first, Saying("Hi"), Ct);

        Assert.Equal(answer, await AskAsync(first, Saying("Hi"), Ct));
        Assert.Equal(answer, await AskAsync(second, Saying("Hi"), Ct));
        Assert.NotEqual(answer, await AskAsync(otherSeed, Saying("Hi"), Ct));
        Assert.NotEqual(answer, await AskAsync(first, Saying("Ho"), Ct));
    }

    [Fact]
    public async Task Send_ContentParts_AreReadAsOneText()
    {
        await using var provider = await CreateAsync();
        const string Body = """{"messages":[{"role":"user","content":[{"type":"text","text":"What is"},{"type":"image_url","image_url":{"url":"x"}},{"type":"text","text":" this?"}]},{"role":"assistant","content":null}]}""";

        Assert.Equal("What is this?", Completion(await AskAsync(provider, Request(Body), Ct)).Content[0].Text);
    }

    [Fact]
    public async Task Send_ModelWithItsOwnOptions_OverridesTheProvidersOne()
    {
        await using var provider = await CreateAsync("""{"reply":"lorem","errorRate":"1","models":{"fine":{"errorRate":0},"echo":{"errorRate":0,"reply":"echo"},"busy":{"errorStatus":429}}}""");

        await using var fine = await provider.SendAsync(Saying("Hi", model: "fine"), Ct);
        await using var busy = await provider.SendAsync(Saying("Hi", model: "busy"), Ct);
        await using var other = await provider.SendAsync(Saying("Hi", model: "other"), Ct);

        Assert.Equal((200, 429, 500), (fine.Status, busy.Status, other.Status));
        Assert.NotEqual("Hi", Completion(await ReadAsync(fine, Ct)).Content[0].Text);
        Assert.Equal("Hi", Completion(await AskAsync(provider, Saying("Hi", model: "echo"), Ct)).Content[0].Text);
        Assert.Equal(TimeSpan.FromSeconds(1), busy.RetryAfter);
    }

    [Theory]
    [InlineData(429, """{"error":{"message":"The simulator fails this request with 429, as its errorRate asks.","type":"requests","param":null,"code":"rate_limit_exceeded"}}""")]
    [InlineData(503, """{"error":{"message":"The simulator fails this request with 503, as its errorRate asks.","type":"server_error","param":null,"code":null}}""")]
    public async Task Send_FailsOnPurpose_AnswersInOpenAIsErrorShape(int status, string expected)
    {
        await using var provider = await CreateAsync($$"""{"errorRate":1,"errorStatus":{{status}}}""");

        await using var reply = await provider.SendAsync(Saying("Hi", ""","stream":true"""), Ct);

        Assert.Equal((status, expected, "application/json"), (reply.Status, await ReadAsync(reply, Ct), reply.ContentType));
    }

    [Fact]
    public async Task Send_ErrorRate_FailsThatShareAndAlwaysTheSameOnes()
    {
        await using var provider = await CreateAsync("""{"errorRate":0.25,"seed":3}""");
        var first = new List<int>();
        var second = new List<int>();
        for (var index = 0; index < 2_000; index++)
        {
            first.Add((await provider.SendAsync(Saying($"q{index}"), Ct)).Status);
            second.Add((await provider.SendAsync(Saying($"q{index}"), Ct)).Status);
        }

        Assert.Equal(first, second);
        Assert.InRange(first.Count(status => status == 500), 400, 600);
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("[]", null)]
    [InlineData("""{"messages":[{"role":"user","content":"x"}]""", null)]
    [InlineData("""{"model":"m"}""", "messages")]
    [InlineData("""{"messages":[]}""", "messages")]
    [InlineData("""{"messages":"x"}""", "messages")]
    [InlineData("""{"messages":[1]}""", "messages[0]")]
    [InlineData("""{"messages":[{"role":"user","content":5}]}""", "messages[0].content")]
    [InlineData("""{"messages":[{"role":"user","content":"\ud800"}]}""", null)]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"max_tokens":0}""", "max_tokens")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"n":129}""", "n")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"stream":"yes"}""", "stream")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"tool_choice":"required"}""", "tool_choice")]
    public async Task Send_MalformedBody_Answers400AndNamesTheField(string body, string? param)
    {
        await using var provider = await CreateAsync("""{"errorRate":1}""");

        await using var reply = await provider.SendAsync(Request(body), Ct);
        var error = System.Text.Json.JsonElement.Parse(await ReadAsync(reply, Ct)).GetProperty("error");

        Assert.Equal((400, "invalid_request_error", param), (reply.Status, error.GetProperty("type").GetString(), error.GetProperty("param").GetString()));
        Assert.Equal(["message", "type", "param", "code"], error.EnumerateObject().Select(field => field.Name));
    }

    [Fact]
    public async Task CheckHealth_Always_IsHealthy()
    {
        await using var provider = await CreateAsync("""{"errorRate":1}""");

        Assert.Equal(ProviderHealth.Ok, await provider.CheckHealthAsync(Ct));
    }

    [Fact]
    [Trait("Requirement", "FR-014")]
    public void Validate_OptionsOfAModel_NamesThePlaceInsideTheMap() => Assert.Equal(
        ["$.endpoint", "$.options.errorStatus", "$.options.models.slow.tokensPerSecond"],
        ChatProviderTypes.Global.Validate("simulator", ProviderTypesFixture.Options("sim", """{"models":{"slow":{"tokensPerSecond":"fast"}},"errorStatus":200}""") with
        {
            Endpoint = new Uri("https://a.example"),
        }).Select(issue => issue.Path));

    [Fact]
    public void Metadata_Options_AreWhatTheDocumentationSays() => Assert.Equal(
        ["timeToFirstToken", "tokensPerSecond", "reply", "errorRate", "errorStatus", "seed", "models"],
        ChatProviderTypes.Global.Resolve("simulator").Options.Select(option => option.Name));
}
