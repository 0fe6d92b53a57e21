using System.Text.Json;
using ChatModels.Registry;
using ChatModels.Registry.Writing;
using ChatModels.Secrets;
using Xunit;

namespace ChatModels.Tests.Registry.Validation;

[Trait("Requirement", "FR-003")]
public sealed class ProviderValidationTests
{
    [Fact]
    public async Task Validate_GoodProvider_FindsNothing() =>
        Assert.Empty(await ValidationRun.PathsAsync(Sample.ProviderWithKey with
        {
            Headers = new Dictionary<string, HeaderSetting> { ["x-team"] = new("blue", null), ["authorization"] = new(null, "team-key") },
            MaxConcurrency = 4,
        }));

    [Fact]
    [Trait("Requirement", "FR-014")]
    public async Task Validate_ManyMistakes_FindsThemAllAtOnce() =>
        Assert.Equal(
            ["$.endpoint", "$.apiKey.secret", "$.headers.host", "$.timeout", "$.maxConcurrency", "$.options.loud", "$.options.speed"],
            await ValidationRun.PathsAsync(new ProviderConfig
            {
                Type = Sample.Type,
                Endpoint = "ftp://files.example",
                ApiKey = new SecretReference("../etc/passwd"),
                Headers = new Dictionary<string, HeaderSetting> { ["host"] = new("evil.example", null) },
                Timeout = TimeSpan.Zero,
                MaxConcurrency = 0,
                Options = new Dictionary<string, JsonElement> { ["loud"] = JsonElement.Parse("true"), ["speed"] = JsonElement.Parse("11") },
            }));

    [Fact]
    public async Task Validate_UnknownType_NamesTheKnownOnes()
    {
        var issue = Assert.Single(await ValidationRun.IssuesAsync(EntityChange.Put("new", Sample.Provider with { Type = "opanai" })));

        Assert.Equal("$.type", issue.Path);
        Assert.Contains("known types: echo", issue.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://api.openai.com/v1")]
    [InlineData("http://localhost:11434/v1?api-version=2024")]
    [InlineData("https+http://ollama")]
    [InlineData(null)]
    public async Task Validate_Endpoint_TakesWebAddresses(string? endpoint) =>
        Assert.Empty(await ValidationRun.PathsAsync(Sample.Provider with { Endpoint = endpoint }));

    [Theory]
    [InlineData("")]
    [InlineData("api.openai.com")]
    [InlineData("/v1")]
    [InlineData("file:///etc/passwd")]
    [InlineData("https://user:secret@api.example")]
    [InlineData("https://api.example/#part")]
    [InlineData("https://api.example/?api_key=abc")]
    [InlineData("https://api.example/?KEY=abc")]
    [InlineData("https://api.example/?a=b&access_token=abc")]
    [InlineData("https://api.example/?sig=abc")]
    public async Task Validate_Endpoint_RefusesOtherAddressesAndSecrets(string endpoint) =>
        Assert.Equal(["$.endpoint"], await ValidationRun.PathsAsync(Sample.Provider with { Endpoint = endpoint }));

    [Theory]
    [InlineData("authorization")]
    [InlineData("Api-Key")]
    [InlineData("x-api-key")]
    [InlineData("Cookie")]
    [InlineData("X-Auth-Token")]
    [InlineData("x-goog-api-key")]
    public async Task Validate_HeaderThatCarriesASecret_RefusesALiteralAndTakesAReference(string name)
    {
        Assert.Equal([$"$.headers.{name}"], await ValidationRun.PathsAsync(WithHeader(name, new HeaderSetting("sk-123", null))));
        Assert.Empty(await ValidationRun.PathsAsync(WithHeader(name, new HeaderSetting(null, "the-key"))));
    }

    [Theory]
    [InlineData("host")]
    [InlineData("Content-Type")]
    [InlineData("content-anything")]
    [InlineData("Connection")]
    [InlineData("transfer-encoding")]
    [InlineData("proxy-authorization")]
    public async Task Validate_HeaderOfTheConnectionOrBody_IsRefused(string name) =>
        Assert.Equal([$"$.headers.{name}"], await ValidationRun.PathsAsync(WithHeader(name, new HeaderSetting("x", null))));

    [Theory]
    [InlineData("")]
    [InlineData(" padded ")]
    [InlineData("two\r\nlines")]
    [InlineData("größe")]
    public async Task Validate_HeaderValueThatCantBeSent_IsRefused(string value) =>
        Assert.Equal(["$.headers.x-team"], await ValidationRun.PathsAsync(WithHeader("x-team", new HeaderSetting(value, null))));

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(3_600_000, 0)]
    [InlineData(3_600_001, 1)]
    public async Task Validate_Timeout_IsBetweenAMillisecondAndAnHour(int milliseconds, int mistakes) =>
        Assert.Equal(mistakes, (await ValidationRun.PathsAsync(Sample.Provider with { Timeout = TimeSpan.FromMilliseconds(milliseconds) })).Length);

    [Fact]
    public async Task Validate_SecretThatThisProcessLacks_IsNoMistake() =>
        Assert.Empty(await ValidationRun.PathsAsync(Sample.Provider with { ApiKey = new SecretReference("nobody-has-it") }));

    [Theory]
    [InlineData("openai-eu", true)]
    [InlineData("0", true)]
    [InlineData("OpenAI", false)]
    [InlineData("-x", false)]
    [InlineData("a_b", false)]
    [InlineData("", false)]
    [InlineData("a\n", false)]
    public async Task Validate_ProviderName_FollowsTheGrammar(string id, bool good) =>
        Assert.Equal(good ? [] : ["$"], await ValidationRun.PathsAsync(EntityChange.Put(id, Sample.Provider)));

    private static ProviderConfig WithHeader(string name, HeaderSetting setting) =>
        Sample.Provider with { Headers = new Dictionary<string, HeaderSetting> { [name] = setting } };
}
