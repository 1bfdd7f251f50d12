using AktoDivert.Guardrails.Detectors;

namespace AktoDivert.Tests.Guardrails.Detectors.Pii;

[TestClass]
public sealed class PiiDetectorTests
{
    private static readonly DetectorSet Default = DetectorSet.Create(new DetectorOptions { Pii = [] }, []);

    [TestMethod]
    [DataRow("credit_card", "pay with 4539 5787 6362 1486 today", 9, 19)]
    [DataRow("iban", "send it to DE89 3704 0044 0532 0130 00.", 11, 27)]
    [DataRow("email", "write to ann.lee+x@mail.test.example.com, please", 9, 31)]
    [DataRow("ip", "from 203.0.113.7 on", 5, 11)]
    [DataRow("mac", "mac aa-bb-cc-dd-ee-ff", 4, 17)]
    [DataRow("phone", "call +49 30 1234567 now", 5, 14)]
    [DataRow("us_ssn", "social security number 219-09-9998", 23, 11)]
    [DataRow("uk_nino", "national insurance AB 12 34 56 C", 19, 13)]
    [DataRow("de_tax_id", "Steuer-ID 86095742719", 10, 11)]
    [DataRow("es_nif", "mi DNI es 12345678Z", 10, 9)]
    [DataRow("fi_personal_identity_code", "hetu 131052-308T", 5, 11)]
    [DataRow("date", "date of birth: 1979-03-14", 15, 10)]
    [DataRow("crypto", "to bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4 now", 3, 42)]
    public void Finds_personal_data_at_the_default_threshold(string entity, string text, int offset, int length)
    {
        var found = new List<Detection>();
        Default.Scan(text, found);
        var hit = found.SingleOrDefault(d => d.Entity == entity);
        Assert.AreEqual((offset, length), (hit.Offset, hit.Length), string.Join(", ", found));
    }

    [TestMethod]
    [DataRow("the build took 4539 ms and 10115 files, run 20240131")]
    [DataRow("see section 12.3.4 of RFC 9293, pages 100-120")]
    [DataRow("let x = data[1234567890]; // 0x1234567890")]
    [DataRow("order 123456789012, total 99.95")]
    [DataRow("std::vector<int> v; a::b; version 1.2.3-beta.4")]
    [DataRow("card 4539 5787 6362 1487")]
    [DataRow("DE89 3704 0044 0532 0130 01")]
    [DataRow("a@b and x@y. and @handle")]
    public void Numbers_that_name_nobody_stay_below_the_default_threshold(string text)
    {
        var found = new List<Detection>();
        Default.Scan(text, found);
        Assert.IsEmpty(found, string.Join(", ", found));
    }

    [TestMethod]
    public void A_word_that_names_the_entity_raises_its_score()
    {
        var set = DetectorSet.Create(new DetectorOptions { Pii = ["uk_nhs"], PiiThreshold = 0 }, []);
        var (bare, named) = (new List<Detection>(), new List<Detection>());
        set.Scan("943 476 5919", bare);
        set.Scan("NHS number 943 476 5919", named);
        Assert.IsLessThan(0.5, bare.Single().Score);
        Assert.IsGreaterThanOrEqualTo(0.5, named.Single().Score);
    }

    [TestMethod]
    public void Of_several_readings_of_a_number_the_surest_is_reported()
    {
        var found = new List<Detection>();
        DetectorSet.Create(new DetectorOptions { Pii = [], PiiThreshold = 0 }, []).Scan("4539578763621486", found);
        Assert.AreEqual("credit_card", found.Single().Entity);
    }

    [TestMethod]
    public void An_unknown_entity_is_refused_with_those_that_are_known()
    {
        var errors = new List<string>();
        Assert.IsFalse(DetectorSet.Create(new DetectorOptions { Pii = ["ibn", "iban"] }, errors).IsEmpty);
        StringAssert.Contains(errors.Single(), "'ibn'");
        StringAssert.Contains(errors.Single(), "iban");
    }

    [TestMethod]
    [DataRow("credit_card", "pay 4539 5787 6362 1486")]
    [DataRow("iban", "to DE89 3704 0044 0532 0130 00")]
    [DataRow("phone", "call +49 30 1234567")]
    [DataRow("email", "write ann.lee@example.com")]
    [DataRow("us_ssn", "ssn 219-09-9998")]
    public void What_grows_into_personal_data_is_held_from_its_first_character_on(string entity, string text)
    {
        var set = DetectorSet.Create(new DetectorOptions { Pii = [entity], PiiThreshold = 0 }, []);
        var found = new List<Detection>();
        set.Scan(text, found);
        var place = found.Single();
        for (var arrived = place.Offset + 1; arrived <= place.End; arrived++)
        {
            Assert.IsLessThanOrEqualTo(place.Offset, set.HoldFrom(text.AsSpan(0, arrived)), text[..arrived]);
        }
    }
}
