using System.Diagnostics;
using System.Text;
using ChatModels.Chat;
using ChatModels.Providers;
using Xunit;

namespace ChatModels.Tests.Telemetry;

/// <summary>What an attempt's span says of the request, whatever the request says.</summary>
public sealed class RequestParametersTests
{
    [Theory]
    [InlineData("""{"max_completion_tokens":9,"n":3,"top_k":40,"stop":"end"}""", "gen_ai.request.max_tokens=9 gen_ai.request.choice.count=3 gen_ai.request.top_k=40 gen_ai.request.stop_sequences=end")]
    [InlineData("""{"max_tokens":9,"temperature":1,"top_p":0.25,"stop_sequences":["a","b"]}""", "gen_ai.request.max_tokens=9 gen_ai.request.temperature=1 gen_ai.request.top_p=0.25 gen_ai.request.stop_sequences=a,b")]
    [InlineData("""{"dimensions":256}""", "gen_ai.embeddings.dimension.count=256")]
    [InlineData("""{"n":1,"max_tokens":null,"temperature":"hot","top_k":1.5,"stop":[],"seed":{"a":1},"reasoning_effort":7,"top_p":[1]}""", "")]
    [InlineData("""{"stop":["a",1,"b"],"reasoning_effort":"\ud800"}""", "gen_ai.request.stop_sequences=a gen_ai.request.reasoning.level=")]
    public void ASpan_SaysWhatTheConventionsKnow_AndOnlyThat(string fields, string told) =>
        Assert.Equal(told, Describe(fields));

    [Fact]
    public void WhatClientsMakeUp_IsBounded()
    {
        var many = string.Join(',', Enumerable.Repeat("\"" + new string('x', 50) + "\"", 18));
        var text = new string('x', 100);

        Assert.Equal($"gen_ai.request.reasoning.level={text[..64]}", Describe($$"""{"reasoning_effort":"{{text}}"}"""));
        Assert.Equal("gen_ai.request.stop_sequences=" + string.Join(',', Enumerable.Repeat(new string('x', 50), 16)), Describe($$"""{"stop":[{{many}}]}"""));
        Assert.Equal("", Describe($$"""{"stop":[{{many}},{{many}}]}"""));
    }

    private static string Describe(string fields)
    {
        var body = $$"""{"model":"m","messages":[{"role":"user","content":"temperature"}],{{fields[1..]}}""";
        var request = ChatRequestReader.TryRead(new ChatCall(UpstreamOperation.ChatCompletions, Encoding.UTF8.GetBytes(body)), out var failure);
        Assert.Null(failure);
        using var span = new Activity("test");

        RequestParameters.Describe(span, request!);

        return string.Join(' ', span.TagObjects.Select(tag => $"{tag.Key}={(tag.Value is string[] texts ? string.Join(',', texts) : tag.Value)}"));
    }
}
