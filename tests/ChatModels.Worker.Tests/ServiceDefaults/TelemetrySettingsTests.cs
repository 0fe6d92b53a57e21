using ChatModels.ServiceDefaults.Telemetry;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace ChatModels.Worker.Tests.ServiceDefaults;

/// <summary>What counts: the level, and OpenTelemetry's own variables, which win.</summary>
public sealed class TelemetrySettingsTests
{
    private const string Level = "ChatModels:Telemetry:Level";
    private const string Ratio = "ChatModels:Telemetry:SamplingRatio";
    private const string Sampler = "OTEL_TRACES_SAMPLER";
    private const string Argument = "OTEL_TRACES_SAMPLER_ARG";

    [Theory]
    [Trait("Requirement", "FR-013")]
    [InlineData(null, "AlwaysOnSampler")]
    [InlineData("all", "AlwaysOnSampler")]
    [InlineData("Sampled", "ParentBased{TraceIdRatioBasedSampler{0.100000}}")]
    [InlineData("metrics", null)]
    [InlineData("off", null)]
    public void ALevel_ChoosesWhoseSpansAreKept(string? level, string? sampler) => Assert.Equal(sampler, Read((Level, level)).Sampler?.Description);

    [Theory]
    [InlineData("always_on", null, "AlwaysOnSampler")]
    [InlineData("always_off", null, null)]
    [InlineData("parentbased_always_on", null, "ParentBased{AlwaysOnSampler}")]
    [InlineData("traceidratio", "0.25", "TraceIdRatioBasedSampler{0.250000}")]
    [InlineData("traceidratio", "0", null)]
    [InlineData("traceidratio", null, "TraceIdRatioBasedSampler{1.000000}")]
    [InlineData("parentbased_traceidratio", "0.5", "ParentBased{TraceIdRatioBasedSampler{0.500000}}")]
    public void TheVariable_WinsOverTheLevel(string sampler, string? argument, string? chosen)
    {
        foreach (var level in new[] { "metrics", "sampled", "all" })
        {
            Assert.Equal(chosen, Read((Level, level), (Sampler, sampler), (Argument, argument)).Sampler?.Description);
        }
    }

    [Theory]
    [InlineData(null, "ParentBased{TraceIdRatioBasedSampler{0.250000}}")]
    [InlineData("0.75", "ParentBased{TraceIdRatioBasedSampler{0.750000}}")]
    public void TheRatio_IsTheVariablesWhereItHasOne(string? argument, string chosen) =>
        Assert.Equal(chosen, Read((Level, "sampled"), (Ratio, "0.25"), (Argument, argument)).Sampler?.Description);

    [Theory]
    [InlineData(Level, "off")]
    [InlineData("OTEL_SDK_DISABLED", "true")]
    public void SwitchedOff_NothingIsRecorded_WhateverElseIsSaid(string key, string value)
    {
        var settings = Read((key, value), ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4317"), (Sampler, "always_on"), ("ChatModels:Telemetry:Prometheus", "true"));

        Assert.Equal((false, false, null), (settings.Exports, settings.Records, settings.Sampler));
        Assert.Empty(settings.Mistakes);
    }

    [Theory]
    [InlineData(Level, "loud", "all")]
    [InlineData(Level, "2", "all")]
    [InlineData("ChatModels:Telemetry:Prometheus", "maybe", "false")]
    [InlineData(Sampler, "sometimes", "what level all says")]
    [InlineData("OTEL_SDK_DISABLED", "perhaps", "false")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317", "no export")]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "/v1/traces", "none")]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL", "carrier-pigeon", "grpc")]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS", "authorization", "none")]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS", "=secret", "none")]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS", "a=b,", "none")]
    [InlineData("OTEL_EXPORTER_OTLP_COMPRESSION", "zip", "none")]
    [InlineData("OTEL_EXPORTER_OTLP_TIMEOUT", "ten", "10000")]
    [InlineData("OTEL_EXPORTER_OTLP_TIMEOUT", "-5", "10000")]
    [InlineData("OTEL_METRIC_EXPORT_INTERVAL", "0", "60000")]
    [InlineData("OTEL_METRIC_EXPORT_TIMEOUT", "1s", "30000")]
    [InlineData("OTEL_METRICS_EXEMPLAR_FILTER", "some", "none")]
    [InlineData("OTEL_BSP_MAX_QUEUE_SIZE", "0", "16384")]
    [InlineData("OTEL_BSP_SCHEDULE_DELAY", "99999999999", "5000")]
    [InlineData("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "20000", "16384")]
    [InlineData("OTEL_BLRP_MAX_QUEUE_SIZE", "-1", "2048")]
    [InlineData("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "many", "none")]
    public void AWrongValue_IsTold_WithWhatCountsInItsPlace(string key, string value, string instead)
    {
        var mistake = Assert.Single(Read((key, value)).Mistakes);

        Assert.Equal((key, instead), (mistake.Setting, mistake.Instead));
        Assert.DoesNotContain("secret", mistake.Wanted, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.5")]
    [InlineData("-0.1")]
    [InlineData("NaN")]
    [InlineData("half")]
    public void ASamplersArgumentOutOfRange_IsTold_AndTheLevelsRatioCounts(string argument)
    {
        var settings = Read((Level, "sampled"), (Ratio, "0.25"), (Argument, argument));

        Assert.Equal(("ParentBased{TraceIdRatioBasedSampler{0.250000}}", Argument, "0.25"), (settings.Sampler?.Description, settings.Mistakes.Single().Setting, settings.Mistakes.Single().Instead));
    }

    [Fact]
    public void AQueueSmallerThanTheUsualBatch_MakesTheBatchSmaller_AndIsNoMistake()
    {
        var settings = Read(("OTEL_BSP_MAX_QUEUE_SIZE", "100"));

        Assert.Empty(settings.Mistakes);
        Assert.Equal(("100", null), (SdkValue(settings, "OTEL_BSP_MAX_EXPORT_BATCH_SIZE"), SdkValue(settings, "OTEL_BLRP_MAX_EXPORT_BATCH_SIZE")));
    }

    [Theory]
    [InlineData(null, null, "1024")]
    [InlineData("false", null, "1024")]
    [InlineData("true", null, null)]
    [InlineData("true", "700", null)]
    public void ABatchOfSpans_IsTwiceTheSdks_UnlessTheyShowWhatWasSaid(string? content, string? configured, string? size)
    {
        var settings = Read(("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", content), ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", configured));

        Assert.Empty(settings.Mistakes);
        Assert.Equal(size, SdkValue(settings, "OTEL_BSP_MAX_EXPORT_BATCH_SIZE"));
    }

    [Fact]
    public void RightValues_AreLeftAlone()
    {
        var settings = Read(
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "https://user:password@collector.example/otlp"), ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20x,x-team=a=b"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"), ("OTEL_METRIC_EXPORT_INTERVAL", "1000"), ("OTEL_SDK_DISABLED", "False"), (Sampler, "Always_On"), ("OTEL_EXPORTER_OTLP_TIMEOUT", ""));

        Assert.Equal((true, true, 0), (settings.Exports, settings.Records, settings.Mistakes.Count));
        Assert.Equal("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", Assert.Single(settings.SdkValues).Key);
    }

    private static string? SdkValue(TelemetrySettings settings, string variable) => settings.SdkValues.SingleOrDefault(value => value.Key == variable).Value;

    private static TelemetrySettings Read(params (string Key, string? Value)[] settings) =>
        TelemetrySettings.Read(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, s.Value))).Build());
}
