using System.Text;
using System.Text.Json;
using ChatModels.Registry;
using ChatModels.Registry.Wire;
using ChatModels.Secrets;
using Xunit;

namespace ChatModels.Tests.Registry.Wire;

public sealed class EntityCodecTests
{
    private static readonly EntityTag Tag = new(7, "abc");

    [Fact]
    public void Encode_Provider_WritesSchemaRevisionStampAndValue()
    {
        var json = Encoding.UTF8.GetString(EntityCodec.Encode(Tag, new ProviderConfig
        {
            Type = "openai",
            ApiKey = new SecretReference("openai-eu"),
            UsageInStream = StreamUsage.Never,
        }));

        Assert.Equal(
            """{"version":1,"revision":7,"stamp":"abc","value":{"type":"openai","apiKey":{"secret":"openai-eu"},"headers":{},"timeout":"00:01:40","usageInStream":"never","propagateTrace":false,"enabled":true,"options":{}}}""",
            json);
    }

    [Fact]
    public void Decode_WhatWasEncoded_GivesTheSameEntity()
    {
        var config = new ModelConfig
        {
            Capabilities = ["chat", "vision"],
            ContextWindow = 128_000,
            Deployments = [new DeploymentConfig { Provider = "p", Model = "m", Weight = 3, Priority = 1 }],
            Fallbacks = ["other"],
            Aliases = ["default"],
            Pricing = new ModelPricing { InputPerMillion = 2.5m, OutputPerMillion = 10 },
        };

        var decoded = EntityCodec.DecodeModel(EntityCodec.Encode(Tag, config));

        Assert.Equal(Tag, decoded.Tag);
        Assert.Null(decoded.Unread);
        Assert.Null(decoded.Raw);
        Assert.Equivalent(config, decoded.Config, strict: true);
    }

    [Fact]
    public void Decode_WhatIsLeftOut_HasItsDefault()
    {
        var provider = EntityCodec.DecodeProvider("""{"version":1,"revision":7,"stamp":"abc","value":{"type":"openai"}}"""u8.ToArray());
        var model = EntityCodec.DecodeModel("""{"version":1,"revision":7,"stamp":"abc","value":{"deployments":[{"provider":"p","model":"m"}]}}"""u8.ToArray());

        Assert.Equivalent(new ProviderConfig { Type = "openai" }, provider.Config, strict: true);
        Assert.Equal((TimeSpan.FromSeconds(100), true), (provider.Config.Timeout, provider.Config.Enabled));
        Assert.Equivalent(new ModelConfig { Deployments = [new DeploymentConfig { Provider = "p", Model = "m" }] }, model.Config, strict: true);
        Assert.Equal((1, true), (model.Config.Deployments[0].Weight, model.Config.Enabled));
    }

    [Fact]
    public void Decode_ByTheOperatorsJson_HasTheSameDefaults()
    {
        var provider = JsonSerializer.Deserialize("""{"type":"openai"}""", RegistryJson.Default.ProviderConfig)!;

        Assert.Equal((TimeSpan.FromSeconds(100), true), (provider.Timeout, provider.Enabled));
        Assert.Empty(provider.Headers);
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize("""{"type":"openai","headers":null}""", RegistryJson.Default.ProviderConfig));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize("""{"type":"openai","Timeout":"00:00:01"}""", RegistryJson.Default.ProviderConfig));
    }

    [Fact]
    public void Decode_UnknownField_KeepsTheRestAndTheJsonAndSaysWhy()
    {
        var json = """{"version":1,"revision":7,"stamp":"abc","value":{"type":"openai","endpoint":"https://x.example","region":"eu"}}"""u8.ToArray();

        var decoded = EntityCodec.DecodeProvider(json);

        Assert.Equal(Tag, decoded.Tag);
        Assert.Equal("https://x.example", decoded.Config.Endpoint);
        Assert.Contains("$.region", decoded.Unread, StringComparison.Ordinal);
        Assert.Equal(json, decoded.Raw!.Value.ToArray());
    }

    [Fact]
    public void Decode_NewerSchema_IsUnreadEvenIfEveryFieldIsKnown()
    {
        var decoded = EntityCodec.DecodeProvider("""{"version":2,"revision":7,"stamp":"abc","more":1,"value":{"type":"openai"}}"""u8.ToArray());

        Assert.Equal("openai", decoded.Config.Type);
        Assert.Contains("schema 2", decoded.Unread, StringComparison.Ordinal);
        Assert.NotNull(decoded.Raw);
    }

    [Fact]
    public void Decode_ValueOfAnotherShape_IsUnreadWithNothingToShow()
    {
        var decoded = EntityCodec.DecodeModel("""{"version":1,"revision":7,"stamp":"abc","value":{"deployments":"all"}}"""u8.ToArray());

        Assert.Empty(decoded.Config.Deployments);
        Assert.Contains("$.deployments", decoded.Unread, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("17")]
    [InlineData("""{"version":1,"revision":7,"stamp":"abc"}""")]
    [InlineData("""{"version":1,"revision":7,"value":{"type":"openai"}}""")]
    public void Decode_NoEntityAtAll_IsNotReadable(string json) =>
        Assert.ThrowsAny<JsonException>(() => EntityCodec.DecodeProvider(Encoding.UTF8.GetBytes(json)));
}
