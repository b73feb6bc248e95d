using Helpdesk.Routing.Classification;
using Shouldly;

namespace Helpdesk.Routing.Tests.Classification;

public sealed class RequestLanguageTests
{
    [Theory]
    [InlineData("en", "My card has not arrived yet. Where is it?")]
    [InlineData("de", "Meine Karte ist noch nicht angekommen. Wo bleibt sie?")]
    [InlineData("fr", "Bonjour, je n'ai toujours pas reçu ma carte. Où est-elle ?")]
    [InlineData("es", "Hola, todavía no he recibido mi tarjeta. ¿Dónde está?")]
    [InlineData("it", "Buongiorno, la mia carta non è ancora arrivata. Dov'è?")]
    [InlineData("pt", "Olá, o meu cartão ainda não chegou. Onde está?")]
    [InlineData("nl", "Mijn kaart is nog niet aangekomen. Waar blijft hij?")]
    [InlineData("da", "Hej, mit kort er ikke kommet endnu. Hvad skal jeg gøre af?")]
    [InlineData("nb", "Hei, kortet mitt har ikke kommet ennå. Hva skal jeg gjøre nå?")]
    [InlineData("sv", "Hej, mitt kort har inte kommit än. Var är det?")]
    [InlineData("fi", "Hei, korttini ei ole vielä tullut. Missä se on?")]
    [InlineData("pl", "Dzień dobry, moja karta jeszcze nie dotarła. Gdzie jest?")]
    [InlineData("cs", "Dobrý den, moje karta ještě nepřišla. Kde je?")]
    [InlineData("sk", "Dobrý deň, moja karta ešte neprišla. Čo mám robiť?")]
    [InlineData("sr", "Dobar dan, moja kartica još nije stigla. Gde je?")]
    [InlineData("sr", "Добар дан, моја картица још није стигла. Где је?")]
    [InlineData("ro", "Bună ziua, cardul meu nu a ajuns încă. Unde este?")]
    [InlineData("hu", "Jó napot, a kártyám még nem érkezett meg. Hol van?")]
    [InlineData("tr", "Merhaba, kartım henüz gelmedi. Nerede?")]
    [InlineData("lt", "Laba diena, mano kortelė dar neatėjo. Kur ji yra?")]
    [InlineData("id", "Halo, kartu saya belum sampai. Di mana kartu itu?")]
    [InlineData("ru", "Здравствуйте, моя карта ещё не пришла. Где она?")]
    [InlineData("uk", "Вітаю, моя картка ще не прийшла. Де вона?")]
    [InlineData("bg", "Здравейте, картата ми още не е дошла. Къде е?")]
    [InlineData("kk", "Сәлем, менің картам әлі келген жоқ. Ол қайда?")]
    [InlineData("el", "Η κάρτα μου δεν έχει φτάσει ακόμα.")]
    [InlineData("he", "הכרטיס שלי עוד לא הגיע")]
    [InlineData("ar", "لم تصل بطاقتي بعد. أين هي؟")]
    [InlineData("fa", "کارت من هنوز نرسیده است. کجاست؟")]
    [InlineData("hi", "मेरा कार्ड अभी तक नहीं आया है।")]
    [InlineData("th", "บัตรของฉันยังมาไม่ถึง")]
    [InlineData("zh", "我的卡还没有到。")]
    [InlineData("ja", "カードがまだ届いていません。")]
    [InlineData("ko", "카드가 아직 도착하지 않았습니다.")]
    public void A_sentence_is_enough(string language, string text)
    {
        RequestLanguage.Of(text).ShouldBe(language);
        RequestLanguage.Known.ShouldContain(language);
        RequestLanguage.Of(text.ToUpperInvariant()).ShouldBe(language);
    }

    [Theory]
    [InlineData("")]
    [InlineData("4711 / 0815")]
    [InlineData("iPhone XR-200")]
    [InlineData("https://")]
    [InlineData("😀 😀")]
    [InlineData("\ud800")]
    public void What_has_no_words_has_no_language(string text) => RequestLanguage.Of(text).ShouldBeNull();

    [Fact]
    public void Names_in_it_do_not_make_it_english()
    {
        RequestLanguage.Of("请把 Taylor Swift 加入我的播放列表 Best of Summer").ShouldBe("zh");
        RequestLanguage.Of("Mein Konto bei Larch Bank Online Banking ist gesperrt").ShouldBe("de");
    }
}
