using ChatModels.ServiceDefaults.Telemetry;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ChatModels.Worker.Tests.ServiceDefaults;

public sealed class DeliveryTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<string?> _told = [];

    [Fact]
    public void ATroubleThatLasts_IsToldOnce_AndItsEndOnce()
    {
        var delivery = NewDelivery();

        delivery.Failed("a");
        _time.Advance(Delivery.Grace);
        delivery.Failed("b");
        delivery.Failed("c");
        delivery.Delivered();
        delivery.Delivered();

        Assert.Equal(["b", null], _told);
    }

    [Fact]
    public void ATroubleThatPasses_IsNotTold()
    {
        var delivery = NewDelivery();

        delivery.Failed("a");
        _time.Advance(Delivery.Grace);
        delivery.Delivered();
        delivery.Failed("b");

        Assert.Empty(_told);
    }

    private Delivery NewDelivery()
    {
        var delivery = new Delivery(_time);
        delivery.Follow(_told.Add);
        return delivery;
    }
}
